"""What leaves the platform, as Dagster assets: the ledger, the analysts' file, the page.

They run after the tables, in a run of their own when some table was refused, because Dagster skips
whatever stands below a failure while the other tables deserve to be published.
"""

from collections.abc import Iterator

import dagster as dg

from assets.catalogue import Catalogue
from checks.rules import Dimension
from pipelines.session import Session
from pipelines.wording import DIMENSIONS, check_results, energy
from resources.french import plural

LEDGER = dg.AssetKey(["sobriety", "ledger"])
ANALYSTS = dg.AssetKey(["publication", "analyse"])
PAGE = dg.AssetKey(["publication", "elus"])
PUBLICATIONS = (LEDGER, ANALYSTS, PAGE)
PAGE_DIMENSIONS = (Dimension.SOBRIETY, Dimension.PROTECTION, Dimension.VALIDITY)


def publication_assets(catalogue: Catalogue, session: Session) -> list[dg.AssetsDefinition]:
    """The ledger, the analysts' file and the page."""
    keys = [dg.AssetKey([table.layer, table.name]) for table in catalogue]
    readable = [
        dg.AssetKey([table.layer, table.name])
        for table in catalogue
        if table.contract.access != "restricted"
    ]

    @dg.asset(
        key=LEDGER,
        deps=keys,
        group_name="sobriety",
        kinds={"duckdb"},
        check_specs=[
            dg.AssetCheckSpec(
                str(Dimension.SOBRIETY),
                asset=LEDGER,
                description="Le registre s’additionne, dit sa méthode, ne dépasse pas la machine.",
            )
        ],
        description=(
            "**Le registre de sobriété.** Ce que l’exécution a coûté, ligne par ligne, ce que la "
            "plateforme conserve et ce que coûte la machine allumée. Exécution = tables + "
            "contrôles + orchestration + mesure."
        ),
    )
    def ledger(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        verdicts, measure = session.keep_books(context.run.run_id)
        yield from check_results(LEDGER, verdicts, [Dimension.SOBRIETY])
        yield dg.MaterializeResult(asset_key=LEDGER, metadata=energy(measure))

    @dg.asset(
        key=ANALYSTS,
        deps=[LEDGER, *readable],
        group_name="publication",
        kinds={"duckdb", "parquet"},
        description=(
            "**Le fichier des analystes.** Les tables « curated » et les sources ouvertes, avec "
            "leur dictionnaire, dans un fichier DuckDB qui apparaît d’un coup ; les tables "
            "ouvertes aussi en Parquet."
        ),
    )
    def analyse(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        publication, measure = session.publish_for_analysts(context.run.run_id)
        return dg.MaterializeResult(
            metadata={
                "tables": publication.tables,
                "octets_publies": publication.bytes_out,
                "fichiers": dg.MetadataValue.json(dict(publication.files)),
                **energy(measure),
            }
        )

    @dg.multi_asset(
        name="elus",
        specs=[
            dg.AssetSpec(
                key=PAGE,
                deps=[LEDGER, *keys],
                group_name="publication",
                kinds={"html"},
                skippable=True,
                description=(
                    "**Les pages.** Celle des élus, les cinq principes, le territoire, le bilan "
                    "annuel, une fiche par table ; une seule requête chacune, sans script, "
                    "lisibles sur téléphone et sur papier."
                ),
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(str(dimension), asset=PAGE, description=DIMENSIONS[dimension])
            for dimension in PAGE_DIMENSIONS
        ],
        can_subset=True,
    )
    def elus(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        page, measure = session.publish_page(context.run.run_id)
        yield from check_results(PAGE, page.verdicts, PAGE_DIMENSIONS)
        if not page.written:
            raise dg.Failure(
                f"{plural(len(page.kept_back), 'page')} n’ont pas été remplacées "
                f"({', '.join(page.kept_back[:3])}) : une de leurs règles n’est pas tenue. "
                "Les précédentes restent en place.",
                allow_retries=False,
            )
        facts = {f"site_{name}": value for name, value in page.facts.items()}
        yield dg.MaterializeResult(asset_key=PAGE, metadata={**facts, **energy(measure)})

    return [ledger, analyse, elus]
