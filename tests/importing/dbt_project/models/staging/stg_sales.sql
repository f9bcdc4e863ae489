select sale_id, shop_id, product_id, pieces from {{ source('till', 'sales') }}
{% if env_var('BAKERY_TROUBLE', 'none') == 'test' %}
union all select 1, 1, 1, 1
{% endif %}
