-- Twenty thousand pictures that are done, and a few hundred that wait.
INSERT INTO bundles (id, name, manifest, location)
VALUES (repeat('ab', 32), 'main', '{}', 'package');

INSERT INTO images (id, bucket, key, object_version, sha256, size, format, width, height)
SELECT gen_random_uuid(), 'art', 'key ' || n, 'v', sha256(n::text::bytea), 1, 'PNG', 64, 64
  FROM generate_series(1, 20000) n;

INSERT INTO events (id, identity, system, kind, bucket, key, sequencer_rank, state, image_id,
                    received_at, finished_at, attempts, lease_number)
SELECT gen_random_uuid(), sha256(key::bytea), 'aws', 'created', bucket, key, lpad('1', 64, '0'), 'done', id,
       now() - interval '91 days', now() - random() * interval '90 days', 1, 1
  FROM images;

INSERT INTO events (id, identity, system, kind, bucket, key, state, lease_number, holder, lease_until,
                    queued_at)
SELECT gen_random_uuid(), sha256((state || n)::bytea), 'aws', 'created', 'art', state || n, state, 1, 'child',
       now() + interval '1 hour', now()
  FROM generate_series(1, 200) n, unnest(ARRAY['received', 'queued', 'claimed']) state;

INSERT INTO features (id, image_id, schema_id, backbone_id, decode_version, runtime, precision, values,
                      replaced, length)
SELECT gen_random_uuid(), id, 'hc148.v1+none', 'none', 1, 'torch', 'fp32', '\x00000000', '\x00', 1
  FROM images;

INSERT INTO verdicts (id, image_id, bundle_id, features_id, label, label_before_veto, raw, probability,
                      lightgbm, svm, random_forest, veto_applied, genuine_below, synthetic_from, runtime,
                      precision, stage_ms, origin)
SELECT gen_random_uuid(), image_id, repeat('ab', 32), id, 'UNCERTAIN', 'UNCERTAIN', .5, .5, .5, .5, .5,
       false, .35, .65, 'torch', 'fp32', '{}', 'scan'
  FROM features;

INSERT INTO review_items (id, image_id, verdict_id, kind, state, priority, closed_at)
SELECT gen_random_uuid(), image_id, id, 'uncertain', state, random(),
       CASE WHEN state = 'decided' THEN now() - random() * interval '90 days' END
  FROM (SELECT *, CASE WHEN row_number() OVER () % 50 = 0 THEN 'open' ELSE 'decided' END AS state
          FROM verdicts);

INSERT INTO outbox (id, subject, kind, payload, state, delivered_at)
SELECT gen_random_uuid(), 'art/' || key, 'verdict', '{}', 'delivered', now()
  FROM images;
