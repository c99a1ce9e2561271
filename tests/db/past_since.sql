UPDATE outbox SET number = position, spread_at = now();

INSERT INTO change_counters (id, last) SELECT 1, max(number) FROM outbox;

INSERT INTO outbox (id, subject, kind, payload)
SELECT gen_random_uuid(), 'art/key ' || n % 100, 'verdict', '{}'
  FROM generate_series(1, 300) n;

INSERT INTO webhook_endpoints (id, name, url, events, networks)
VALUES ('00000000-0000-0000-0000-000000000001', 'shop', 'https://shop.example/', '{}', '{}');

INSERT INTO webhook_deliveries (endpoint_id, message_id, position, lane, state, delivered_at)
SELECT '00000000-0000-0000-0000-000000000001', id, position, hashtextextended(subject, 0), state, delivered_at
  FROM outbox;

INSERT INTO webhook_attempts (endpoint_id, message_id, attempt, outcome, status, seconds)
SELECT endpoint_id, message_id, 1, 'delivered', 200, .1
  FROM webhook_deliveries WHERE state = 'delivered';

INSERT INTO decisions (id, item_id, image_id, moderator, label, lease_number, created_at, told_from)
SELECT gen_random_uuid(), id, image_id, 'reviewer ' || substr(id::text, 1, 2),
       'GENUINE', lease_number, closed_at, closed_at
  FROM review_items WHERE state = 'decided';
