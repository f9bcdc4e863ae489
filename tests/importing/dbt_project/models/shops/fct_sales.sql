{{ config(materialized='incremental', unique_key='sale_id', incremental_strategy='delete+insert') }}
select sale_id, shop_id, value {{ ', no_such_column' if env_var('BAKERY_TROUBLE', 'none') == 'model' }}
from {{ ref('priced') }}
