-- Why: customers are written to.
--
-- Whom we write to about a ticket is needed whenever something happens to it, so it comes with the ticket into memory
-- instead of being read each time: {"email", "id", "name", "phone"}, what intake or its latest amendment says. Tickets
-- that were filed before get it from there, because a regime may begin to write to customers at any time.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.ticket ADD COLUMN reach text;
UPDATE duban.ticket
SET reach = jsonb_strip_nulls(jsonb_build_object(
        'email', said.contact ->> 'email', 'name', said.contact ->> 'name', 'phone', said.contact ->> 'phone',
        'id', coalesce(said.id, intake.customer_id)))::text
FROM duban.intake
CROSS JOIN LATERAL (
    SELECT coalesce(
               (SELECT value::jsonb -> 'contact' FROM duban.record
                WHERE record.desk_id = intake.desk_id AND record.ticket = intake.ticket AND kind = 'amendment'
                  AND value::jsonb ? 'contact' ORDER BY record.record DESC LIMIT 1),
               jsonb_build_object('email', intake.email, 'name', intake.contact_name, 'phone', intake.phone)) AS contact,
           (SELECT value::jsonb ->> 'customer_id' FROM duban.record
            WHERE record.desk_id = intake.desk_id AND record.ticket = intake.ticket AND kind = 'amendment'
              AND value::jsonb ? 'customer_id' ORDER BY record.record DESC LIMIT 1) AS id) AS said
WHERE intake.desk_id = ticket.desk_id AND intake.ticket = ticket.ticket;
