SELECT
 -- the week adds up: 6,099 less the one row that was set aside
 EXISTS (SELECT 1 FROM live WHERE dataset = 'weekly_punctuality' AND rows = 6098)
 AND (SELECT sum(rows) FROM quarantine) = 1
 -- and somebody owns it
 AND NOT EXISTS (SELECT 1 FROM quarantine WHERE owner = '')
 -- the vendor was not asked again
 AND (SELECT count(*) FROM attempt WHERE partition = '2013-01-05' AND task = 'extract') = 1
 -- and six good days were left alone
 AND (SELECT max(n) FROM version WHERE dataset = 'stg_flights' AND partition <> '2013-01-05') = 1 AS ok;
