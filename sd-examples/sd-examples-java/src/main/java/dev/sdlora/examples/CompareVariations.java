package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.grid.VariationGrid;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;

/** Grids of images that differ in two settings, with labels. */
public final class CompareVariations {
  private CompareVariations() {}

  /** Writes {@code grid-loras.png} and {@code grid-samplers.png}. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build()) {
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a cat on a blue background")
              .size(128, 128)
              .steps(12)
              .cfgScale(4)
              .seed(1)
              .build();
      VariationGrid.of(spec, Axis.loraStrengths("noto", 0, 0.5, 1), Axis.seeds(1, 2))
          .draw(pipeline)
          .save(folder.resolve("grid-loras.png"));

      VariationGrid.of(spec, Axis.steps(4, 8), Axis.samplers(Sampler.EULER_A, Sampler.DPMPP_2M))
          .draw(pipeline)
          .save(folder.resolve("grid-samplers.png"));
    }
  }
}
