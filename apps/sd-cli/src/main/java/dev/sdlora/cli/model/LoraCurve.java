package dev.sdlora.cli.model;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A {@code NAME=POINTS} argument: the strength of a LoRA over the steps.
 *
 * @param lora a file or the name of a LoRA
 * @param schedule its strength in the U-Net
 */
public record LoraCurve(String lora, StrengthSchedule schedule) {

  public static LoraCurve parse(String text) {
    int equals = text.lastIndexOf('=');
    if (equals <= 0) {
      throw new IllegalArgumentException(
          "must be NAME=POINTS, such as ink=0:1,0.5:0.2,1:0: '" + text + "'");
    }
    return new LoraCurve(
        text.substring(0, equals), StrengthSchedule.parseCurve(text.substring(equals + 1)));
  }

  /**
   * Applies curves to LoRAs.
   *
   * @param loras the given LoRAs
   * @param names opens the LoRA that a curve names
   * @return the given LoRAs with their curves, followed by LoRAs named only in curves; the text
   *     encoder strength of the latter is the start of the curve, as in tags
   */
  public static List<LoraAdapter> draw(
      List<LoraAdapter> loras, List<LoraCurve> curves, Function<String, LoraAdapter> names) {
    List<LoraAdapter> drawn = new ArrayList<>(loras);
    for (LoraCurve curve : curves) {
      LoraAdapter named = names.apply(curve.lora);
      boolean given = false;
      for (int i = 0; i < drawn.size(); i++) {
        if (drawn.get(i).path().equals(named.path())) {
          LoraAdapter lora = drawn.get(i);
          drawn.set(i, lora.withStrength(lora.strength().withUnet(curve.schedule)));
          given = true;
        }
      }
      if (!given) {
        drawn.add(
            named.withStrength(LoraStrength.of(curve.schedule.first()).withUnet(curve.schedule)));
      }
    }
    return drawn;
  }
}
