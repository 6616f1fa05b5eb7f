package dev.sdlora.training;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.grid.VariationGrid;
import dev.sdlora.api.value.Decimals;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Generates images with an unfinished LoRA. */
record Samples(Pipeline pipeline, Outputs outputs, TrainingListener listener) {
  private static final Logger LOG = LoggerFactory.getLogger(Samples.class);

  /** Generates the images of a step; stops before the next image when cancelled or interrupted. */
  void make(int step, Path lora, BooleanSupplier cancelled) {
    try {
      LoraAdapter adapter = LoraAdapter.open(lora);
      List<Double> weights = outputs.sampleWeights();
      int number = 0;
      for (int i = 0; i < outputs.samples().size(); i++) {
        PromptSpec spec = outputs.samples().get(i);
        if (cancelled.getAsBoolean()) {
          return;
        }
        if (outputs.hasSheets()) {
          sheet(step, i, spec, adapter, cancelled);
        } else {
          LoraAdapter weighted = adapter.withStrength(weights.get(0));
          for (GeneratedImage image : pipeline.generate(spec.toBuilder().lora(weighted).build())) {
            save(image, outputs.sample(step, ++number));
          }
        }
      }
    } catch (CancellationException e) {
      LOG.debug("samples of step {} were cancelled", step, e);
    } catch (RuntimeException e) {
      // An interrupt makes the pipeline and file operations fail; the status stays set for the
      // training.
      if (!Thread.currentThread().isInterrupted()) {
        throw e;
      }
      LOG.debug("samples of step {} were interrupted", step, e);
    }
  }

  /** Generates the images of a prompt at all weights, each alone and all on a sheet. */
  private void sheet(
      int step, int prompt, PromptSpec spec, LoraAdapter adapter, BooleanSupplier cancelled) {
    List<Double> weights = outputs.sampleWeights();
    Axis axis =
        Axis.of(
            "weight",
            weights,
            Decimals::text,
            (request, weight) -> request.lora(adapter.withStrength(weight)));
    GeneratedImage sheet =
        VariationGrid.of(spec, axis)
            .draw(
                pipeline,
                new GenerationListener() {
                  private int number = prompt * weights.size();

                  @Override
                  public void imageStart(int index, long seed) {
                    if (cancelled.getAsBoolean()) {
                      throw new CancellationException("the training is cancelled");
                    }
                  }

                  @Override
                  public void imageEnd(int index, GeneratedImage image) {
                    save(image, outputs.sample(step, ++number));
                  }
                });
    save(sheet, outputs.sheet(step, prompt + 1));
  }

  private void save(GeneratedImage image, Path file) {
    image.save(file);
    listener.sample(file);
  }
}
