{{ config(severity='warn') }}
select * from {{ ref('stg_refunds') }} where amount < 0
{{ 'and no_such_column' if env_var('BAKERY_TROUBLE', 'none') == 'broken_test' }}
