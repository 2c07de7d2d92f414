"""`python -m tests.proofs.figures`: length of modules and functions, full folders, names given twice, import cycles."""

from statistics import median, quantiles

from tests.proofs.figures import tree


def main() -> None:
    """Print the figures of the three packages."""
    sources = tree.sources()
    modules = {module: tree.lines_of(parsed) for module, parsed in sources.items()}
    functions = {
        f"{module}.{name}": lines for module, parsed in sources.items() for name, lines in tree.functions(parsed)
    }
    lengths = list(functions.values())
    print(f"modules    {len(modules)}, {sum(modules.values())} lines, median {median(modules.values()):.0f}")
    _longest(modules, 250)
    tenth = quantiles(lengths, n=10)[-1]
    print(f"functions  {len(lengths)}, median {median(lengths):.0f}, nine of ten within {tenth:.0f}")
    _longest(functions, 45)
    folders = tree.folders()
    print(f"folders    {len(folders)}, the fullest {max(folders.values())}")
    _longest(folders, 12)
    print(f"everything is caught in {len(tree.broad_excepts())} places")
    for packages in (("bot", "handlers"), ("sandbox",)):
        twice = tree.names_defined_twice(*packages)
        print(f"named twice in {' and '.join(packages)}: {len(twice)}")
        for name, homes in twice.items():
            print(f"    {name}: {', '.join(homes)}")
    circles = tree.cycles()
    print(f"import cycles: {len(circles)}")
    for circle in circles:
        print(f"    {', '.join(circle)}")


def _longest(lengths: dict[str, int], limit: int) -> None:
    over = sorted(((length, name) for name, length in lengths.items() if length > limit), reverse=True)
    for length, name in over:
        print(f"    {length:4} {name}")


if __name__ == "__main__":
    main()
