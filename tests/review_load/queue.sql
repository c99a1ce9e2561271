-- As many items as :items says, each with its picture, upload, vector and verdict, from the last day.
-- Every hundredth picture was uploaded by a reviewer, and a tenth of the items ask for a language.
INSERT INTO bundles (id, name, manifest, location)
VALUES (repeat('ab', 32), 'main', '{}', 'package');

INSERT INTO images (id, bucket, key, object_version, sha256, size, format, width, height, perceptual_hash,
                    hash_contrast, uploader, domain)
SELECT gen_random_uuid(), 'art', 'key ' || n, 'v', sha256(n::text::bytea), 1, 'PNG', 64, 64,
       hashtextextended(n::text, 0), 50,
       CASE WHEN n % 100 = 0 THEN 'account-' || lpad((n / 100 % :sessions)::text, 3, '0') ELSE 'someone ' || n END,
       'illustration'
  FROM generate_series(1, :items) n;

INSERT INTO events (id, identity, system, kind, bucket, key, uploader, sequencer_rank, state, image_id,
                    received_at, finished_at, attempts, lease_number)
SELECT gen_random_uuid(), sha256(key::bytea), 'aws', 'created', bucket, key, uploader, lpad('1', 64, '0'), 'done',
       id, now() - interval '1 day', now() - interval '1 day', 1, 1
  FROM images;

INSERT INTO features (id, image_id, schema_id, backbone_id, decode_version, runtime, precision, values,
                      replaced, length)
SELECT gen_random_uuid(), id, 'hc148.v1+none', 'none', 1, 'torch', 'fp32', '\x00000000', '\x00', 1
  FROM images;

INSERT INTO verdicts (id, image_id, event_id, bundle_id, features_id, label, label_before_veto, raw, probability,
                      lightgbm, svm, random_forest, veto_applied, genuine_below, synthetic_from, runtime,
                      precision, stage_ms, origin)
SELECT gen_random_uuid(), features.image_id, events.id, repeat('ab', 32), features.id, 'UNCERTAIN', 'UNCERTAIN',
       .5, .36 + .28 * random(), .5, .5, .5, false, .35, .65, 'torch', 'fp32', '{"decode": 1.5}', 'scan'
  FROM features JOIN events USING (image_id);

INSERT INTO review_items (id, image_id, event_id, verdict_id, kind, priority, language, created_at)
SELECT gen_random_uuid(), image_id, event_id, id, 'uncertain', probability,
       CASE WHEN random() < .1 THEN 'ja' END, now() - random() * interval '1 day'
  FROM verdicts;
