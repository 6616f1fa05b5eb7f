package dev.sdlora.fuzz;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All fuzz targets. */
final class FuzzTargets {
  private FuzzTargets() {}

  static List<Target> all() {
    return Stream.of(
            TensorTargets.all(),
            QuantisedTargets.all(),
            LoraTargets.all(),
            ModelTargets.all(),
            ImageTargets.all(),
            TextTargets.all(),
            RequestTargets.all())
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Returns the target with this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Target named(String name) {
    return all().stream()
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown fuzz target '%s'; known targets are %s"
                        .formatted(
                            name,
                            all().stream().map(Target::name).collect(Collectors.joining(", ")))));
  }
}
