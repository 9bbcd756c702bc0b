-- Links from the live database must not open a copy, nor the reverse.
UPDATE res_partner
   SET portal_grant_key = md5(random()::text || clock_timestamp()::text)
 WHERE portal_grant_key IS NOT NULL;
DELETE FROM kundenportal_link;
-- A copy does not write in the firm's name.
UPDATE res_company
   SET portal_mail_sender = NULL;
