SELECT
 -- 943 flights, once
 EXISTS (SELECT 1 FROM judged_live WHERE dataset = 'fct_flights' AND partition = '2013-01-02' AND rows = 943
   AND rows_duplicated = 0 AND rows_wrong = 0)
 -- and doing it again would not add to it
 AND EXISTS (SELECT 1 FROM dataset WHERE dataset = 'fct_flights' AND mode <> 'append') AS ok;
