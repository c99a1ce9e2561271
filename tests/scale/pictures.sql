-- The pictures from :first to :last, done long ago: image, event, vector, verdict and message each.
INSERT INTO images (id, bucket, key, object_version, etag, sha256, size, format, width, height, perceptual_hash,
                    hash_contrast, uploader, domain, created_at)
SELECT id_of(2, n), :bucket, md5(n::text) || '.jpg', CASE WHEN n <= :wide THEN md5('etag ' || n) ELSE 'v' END,
       CASE WHEN n <= :wide THEN md5('etag ' || n) END, sha256(n::text::bytea),
       300000 + hashint8(n) % 200000, 'JPEG', 1000, 800, hashint8extended(n, 0), 50, 'artist ' || n % 500000,
       (ARRAY['photo', 'anime', 'illustration'])[1 + n % 3], moment_of(n)
  FROM generate_series(CAST(:first AS bigint), :last) n;

INSERT INTO events (id, identity, system, kind, bucket, key, etag, size, sequencer, sequencer_rank, occurred_at,
                    received_at, uploader, domain, state, attempts, lease_number, holder, not_before, queued_at,
                    image_id, finished_at)
SELECT id_of(1, n), sha256(('event ' || n)::bytea), 'aws', 'created', :bucket, md5(n::text) || '.jpg',
       CASE WHEN n <= :wide THEN md5('etag ' || n) END, 400000,
       CASE WHEN n <= :wide THEN upper(lpad(to_hex(n), 16, '0')) END, upper(lpad(to_hex(n), 64, '0')),
       moment_of(n), moment_of(n), 'artist ' || n % 500000, (ARRAY['photo', 'anime', 'illustration'])[1 + n % 3],
       'done', 1, 1, CASE WHEN n <= :wide THEN 'worker-1/5f0c2b1e/4711' END, moment_of(n), moment_of(n), id_of(2, n),
       moment_of(n) + interval '2 seconds'
  FROM generate_series(CAST(:first AS bigint), :last) n;

INSERT INTO features (id, image_id, schema_id, backbone_id, decode_version, runtime, precision, values, replaced,
                      length, created_at)
SELECT id_of(3, n), id_of(2, n), :schema, :backbone, 1, 'torch', 'bfloat16',
       CASE WHEN n <= :wide THEN vector ELSE substr(vector, 1, 16) END,
       CASE WHEN n <= :wide THEN decode(repeat('00', (length(vector) / 4 + 7) / 8), 'hex') ELSE '\x00' END,
       CASE WHEN n <= :wide THEN length(vector) / 4 ELSE 4 END, moment_of(n)
  FROM generate_series(CAST(:first AS bigint), :last) n JOIN scale_vectors ON k = n % :vectors;

INSERT INTO verdicts (id, image_id, bundle_id, event_id, features_id, label, label_before_veto, raw, probability,
                      lightgbm, svm, random_forest, veto_applied, genuine_below, synthetic_from, runtime, precision,
                      stage_ms, origin, warranty, created_at)
SELECT id_of(4, n), id_of(2, n), :bundle, id_of(1, n), id_of(3, n), label_of(n), label_of(n), share, share, share,
       share, share, false, .35, .65, 'torch', 'bfloat16',
       CASE WHEN n <= :wide THEN CAST('{"fetch": 4.02, "decode": 6.13, "features": 23.41, "embedding": 42.77, "ensemble": 1.38}' AS jsonb)
            ELSE '{}' END,
       'scan',
       CASE WHEN n <= :wide THEN CAST('{"domain": "photo", "tier": "clean", "basis": "unstated", "measure": "human_called_synthetic", "count": 3, "total": 1000, "rate": 0.003, "low": 0.001, "high": 0.0087}' AS jsonb) END,
       moment_of(n)
  FROM generate_series(CAST(:first AS bigint), :last) n,
       LATERAL (SELECT (ARRAY[.1, .5, .9])[1 + (n % 20 >= 14)::integer + (n % 20 >= 17)::integer]
                       + (n % 997) / 10000.0 AS share);

INSERT INTO outbox (id, position, number, subject, kind, payload, state, attempts, not_before, told_from,
                    delivered_at, spread_at, created_at)
OVERRIDING SYSTEM VALUE
SELECT id_of(7, n), 2 * n, 2 * n, :bucket || '/' || md5(n::text) || '.jpg', 'verdict',
       CASE WHEN n <= :wide THEN jsonb_build_object(
           'event_id', id_of(1, n), 'image_id', id_of(2, n), 'bucket', CAST(:bucket AS text), 'key', md5(n::text) || '.jpg',
           'verdict', label_of(n), 'probability', .123456789, 'bundle', CAST(:bundle AS text),
           'members', CAST('{"lightgbm": 0.12345678, "svm": 0.12345678, "random_forest": 0.12345678}' AS jsonb),
           'veto', CAST('{"applied": false, "overruled": null, "probability": null}' AS jsonb),
           'thresholds', CAST('{"genuine_below": 0.35, "synthetic_from": 0.65}' AS jsonb),
           'warranty', CAST('{"domain": "photo", "tier": "clean", "basis": "unstated", "measure": "human_called_synthetic", "count": 3, "total": 1000, "rate": 0.003, "low": 0.001, "high": 0.0087}' AS jsonb))
            ELSE '{}' END,
       'delivered', 1, moment_of(n), moment_of(n), moment_of(n), moment_of(n), moment_of(n)
  FROM generate_series(CAST(:first AS bigint), :last) n
