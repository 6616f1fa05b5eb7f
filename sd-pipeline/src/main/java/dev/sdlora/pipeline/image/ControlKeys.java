package dev.sdlora.pipeline.image;

import dev.sdlora.api.image.ControlUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The keys {@code ControlNet 0} and so on of A1111's ControlNet extension. */
final class ControlKeys {
  /** Highest number of units with known keys; further units are kept as facts. */
  private static final int UNITS = 10;

  static final List<InfotextKey> ALL =
      IntStream.range(0, UNITS).mapToObj(ControlKeys::key).toList();

  private ControlKeys() {}

  private static InfotextKey key(int unit) {
    return InfotextKey.ofImage(
        "ControlNet " + unit,
        settings -> {
          List<ControlUnit> units = settings.spec().controlUnits();
          return unit < units.size() ? Optional.of(text(units.get(unit))) : Optional.empty();
        });
  }

  private static String text(ControlUnit unit) {
    return "Module: none, Model: "
        + unit.name()
        + ", Weight: "
        + InfotextValues.number(unit.weight())
        + ", Resize Mode: "
        + unit.resizeMode().label()
        + ", Guidance Start: "
        + InfotextValues.number(unit.start())
        + ", Guidance End: "
        + InfotextValues.number(unit.end())
        + ", Pixel Perfect: False, Control Mode: "
        + unit.mode().label();
  }
}
