package dev.sdlora.cli;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.StrengthSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An argument {@code NAME=POINTS}: how the strength of a LoRA changes on the way.
 *
 * @param lora a file, or the name of a LoRA
 * @param schedule its strength in the U-Net
 */
record LoraCurve(String lora, StrengthSchedule schedule) {

  static LoraCurve parse(String text) {
    int equals = text.lastIndexOf('=');
    if (equals <= 0) {
      throw new IllegalArgumentException(
          "must be NAME=POINTS, such as ink=0:1,0.5:0.2,1:0: '" + text + "'");
    }
    return new LoraCurve(
        text.substring(0, equals), StrengthSchedule.parseCurve(text.substring(equals + 1)));
  }

  /**
   * LoRAs with their curves.
   *
   * @param loras those given before
   * @param names opens those that curves name
   * @return those given, with the curves that name them; and behind them the others that curves
   *     name, whose text encoder takes the start of the curve, as in tags
   */
  static List<LoraAdapter> draw(
      List<LoraAdapter> loras, List<LoraCurve> curves, Function<String, LoraAdapter> names) {
    List<LoraAdapter> drawn = new ArrayList<>(loras);
    for (LoraCurve curve : curves) {
      LoraAdapter named = names.apply(curve.lora);
      boolean given = false;
      for (int i = 0; i < drawn.size(); i++) {
        if (drawn.get(i).path().equals(named.path())) {
          drawn.set(i, drawn.get(i).toBuilder().unetStrength(curve.schedule).build());
          given = true;
        }
      }
      if (!given) {
        drawn.add(
            named.toBuilder()
                .textEncoderStrength(curve.schedule.first())
                .unetStrength(curve.schedule)
                .build());
      }
    }
    return drawn;
  }
}
