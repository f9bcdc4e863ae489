select
  shop_id, city, kind = '{{ "counter" if env_var("BAKERY_TROUBLE", "none") == "unit_test" else "cafe" }}' as is_cafe
from {{ ref('stg_shops') }}
