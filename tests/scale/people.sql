-- What people had to do with the pictures from :first to :last: items, decisions, what is told and noted of them.
INSERT INTO review_items (id, image_id, event_id, verdict_id, near_sought, kind, state, priority, queue, routed_by,
                          due_at, lease_number, claimed_by, created_at, closed_at)
SELECT id_of(5, n), id_of(2, n), id_of(1, n), id_of(4, n), true, 'uncertain',
       CASE WHEN waits(n) THEN 'open' ELSE 'decided' END, (hashint8(n) & 65535) / 65536.0, 'main', 1,
       moment_of(n) + interval '1 day', CASE WHEN waits(n) THEN 0 ELSE 1 END,
       CASE WHEN NOT waits(n) THEN 'reviewer ' || (hashint8(n) & 127) END, moment_of(n),
       CASE WHEN NOT waits(n) THEN moment_of(n) + interval '2 hours' END
  FROM generate_series(CAST(:first AS bigint), :last) n WHERE label_of(n) = 'UNCERTAIN';

INSERT INTO decisions (id, item_id, image_id, moderator, label, told_from, ground, lease_number, created_at)
SELECT id_of(6, n), id_of(5, n), id_of(2, n), 'reviewer ' || (hashint8(n) & 127),
       CASE WHEN n % 2 = 0 THEN 'GENUINE' ELSE 'SYNTHETIC' END, moment_of(n) + interval '2 hours',
       CASE WHEN n % 2 = 0 THEN 'handwork' ELSE 'texture' END, 1, moment_of(n) + interval '2 hours'
  FROM generate_series(CAST(:first AS bigint), :last) n WHERE label_of(n) = 'UNCERTAIN' AND NOT waits(n);

INSERT INTO precedents (decision_id, hash, bands)
SELECT id_of(6, n), hashint8extended(n, 0),
       ARRAY(SELECT 256 * place + get_byte(int8send(hashint8extended(n, 0)), place) FROM generate_series(0, 7) place)
  FROM generate_series(CAST(:first AS bigint), :last) n WHERE label_of(n) = 'UNCERTAIN' AND NOT waits(n);

INSERT INTO outbox (id, position, number, subject, kind, payload, state, attempts, not_before, told_from,
                    delivered_at, spread_at, created_at)
OVERRIDING SYSTEM VALUE
SELECT id_of(6, n), 2 * n + 1, 2 * n + 1, :bucket || '/' || md5(n::text) || '.jpg', 'decision',
       CASE WHEN n <= :wide THEN jsonb_build_object(
           'decision_id', id_of(6, n), 'item_id', id_of(5, n), 'event_id', id_of(1, n), 'verdict_id', id_of(4, n),
           'bucket', CAST(:bucket AS text), 'key', md5(n::text) || '.jpg', 'etag', md5('etag ' || n), 'label', 'GENUINE',
           'machine_label', 'UNCERTAIN', 'automatic', false) ELSE '{}' END,
       'delivered', 1, moment_of(n), moment_of(n), moment_of(n), moment_of(n), moment_of(n)
  FROM generate_series(CAST(:first AS bigint), :last) n WHERE label_of(n) = 'UNCERTAIN' AND NOT waits(n);

INSERT INTO audit_links (number, entry_id, hash)
SELECT (SELECT coalesce(max(number), 0) FROM audit_links) + row_number() OVER (ORDER BY entry_id), entry_id,
       sha256(entry_id::text::bytea)
  FROM audit_pending;

DELETE FROM audit_pending;

INSERT INTO change_counters (id, last) VALUES (1, 2 * CAST(:last AS bigint) + 1)
    ON CONFLICT (id) DO UPDATE SET last = excluded.last;

SELECT setval(pg_get_serial_sequence('outbox', 'position'), 2 * CAST(:last AS bigint) + 1)
