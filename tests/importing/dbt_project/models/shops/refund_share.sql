select sum(r.amount) / sum(f.value) as share
from {{ ref('fct_sales') }} f left join {{ ref('stg_refunds') }} r using (sale_id)
