package dev.sdlora.pipeline.make.tensors;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.LoraUse;
import java.util.ArrayList;
import java.util.List;

/** LoRAs to write into a file, with their strengths. */
public final class Uses {
  private Uses() {}

  /**
   * Opens LoRAs.
   *
   * @throws IllegalArgumentException if a strength changes over the steps, which a file cannot
   *     express
   * @throws dev.sdlora.api.error.LoraException if one cannot be read
   */
  public static List<LoraUse> open(List<LoraAdapter> loras) {
    List<LoraUse> uses = new ArrayList<>();
    for (LoraAdapter lora : loras) {
      if (!lora.strength().unet().isConstant()) {
        throw new IllegalArgumentException(
            "a LoRA that is written into a file must have the same strength in all steps: "
                + lora.strength().unet());
      }
      uses.add(new LoraUse(lora.name(), LoraFile.open(lora.path()), lora.strength()));
    }
    return uses;
  }
}
