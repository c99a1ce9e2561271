-- How rows are named and dated from the number of their picture: four a second, from 2025 on.
CREATE FUNCTION id_of(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    (lpad(to_hex(1735689600000 + n * 250), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8000'
     || lpad(to_hex(n), 12, '0'))::uuid;

CREATE FUNCTION moment_of(n bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    to_timestamp(1735689600 + n / 4.0);

-- Three pictures in twenty are UNCERTAIN, and of these one in a hundred and fifty waits for a reviewer.
CREATE FUNCTION label_of(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN n % 20 < 14 THEN 'GENUINE' WHEN n % 20 < 17 THEN 'UNCERTAIN' ELSE 'SYNTHETIC' END;

CREATE FUNCTION waits(n bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN n % 1000 = 14;

CREATE TABLE scale_vectors (k integer PRIMARY KEY, vector bytea NOT NULL);

INSERT INTO bundles (id, name, manifest, location)
VALUES (:bundle, 'main', '{}', 'nowhere'), (:candidate, 'main', '{}', 'nowhere');

-- What waits at every size: enqueued, put back and ripe, held by a worker that was lost.
INSERT INTO events (id, identity, system, kind, bucket, key, sequencer_rank, uploader, state, attempts, lease_number,
                    holder, lease_until, queued_at, received_at, not_before)
SELECT id_of(kind, n), sha256((state || n)::bytea), 'aws', 'created', :bucket, state || n, lpad('1', 64, '0'),
       'artist ' || n, state, lease, lease, CASE lease WHEN 1 THEN 'lost' END,
       CASE state WHEN 'claimed' THEN now() - interval '1 minute' END, now() - interval '1 hour',
       now() - interval '1 hour', now() - interval '1 hour'
  FROM (VALUES (8, 'queued', 0, :waiting), (9, 'received', 1, :waiting / 5), (10, 'claimed', 1, :waiting / 50))
       AS kinds (kind, state, lease, many),
       LATERAL generate_series(1, many) n
