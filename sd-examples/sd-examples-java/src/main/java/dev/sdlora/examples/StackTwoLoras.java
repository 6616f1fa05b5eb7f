package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;

/**
 * Several LoRAs at once: one named in the prompt and one given by object with its own strengths for
 * the text encoder and the U-Net. A strength of 0 switches a LoRA off, a negative one inverts it.
 */
public final class StackTwoLoras {
  private StackTwoLoras() {}

  /** Writes {@code stack-both.png}, {@code stack-off.png} and {@code stack-inverted.png}. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build()) {
      LoraAdapter night = pipeline.loras().find("night");
      PromptSpec both =
          PromptSpec.builder()
              .prompt("a house on a pink background <lora:noto:0.8>")
              .lora(night.withStrength(LoraStrength.of(0, 0.9)))
              .size(128, 128)
              .steps(20)
              .cfgScale(4)
              .seed(7)
              .build();
      GenerationResult result = pipeline.generate(both);
      result.first().save(folder.resolve("stack-both.png"));
      for (LoraReport report : result.loras()) {
        System.out.printf(
            "%s: text encoder %s, U-Net %s, %d of %d modules matched%n",
            report.name(),
            report.textEncoderStrength(),
            report.unetStrength(),
            report.matched(),
            report.modules());
      }
      PromptSpec plain =
          both.toBuilder().prompt("a yellow cross on a purple background").noLoras().build();
      PromptSpec off = plain.toBuilder().lora(night.withStrength(0)).build();
      pipeline.generate(off).first().save(folder.resolve("stack-off.png"));
      PromptSpec inverted = plain.toBuilder().lora(night.withStrength(-1)).build();
      pipeline.generate(inverted).first().save(folder.resolve("stack-inverted.png"));
    }
  }
}
