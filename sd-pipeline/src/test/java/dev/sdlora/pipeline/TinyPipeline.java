package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.pipeline.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The tiny checkpoint and shared helpers for tests that start from images. */
public final class TinyPipeline implements AutoCloseable {
  public static final PromptSpec SPEC =
      PromptSpec.builder()
          .prompt("a cat")
          .negativePrompt("ugly")
          .size(64, 64)
          .steps(4)
          .seed(5)
          .build();

  private final Pipeline pipeline =
      Fixtures.float32()
          .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
          .loraDirectory(Fixtures.LORAS)
          .build();
  private final int arrays = arraysOnceEncoded(pipeline);

  /** Returns an image without flat areas. */
  public static Image image(int width, int height) {
    Random random = new Random(11);
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (100 + 80 * Math.sin(i * 0.01) + random.nextInt(40));
    }
    return Image.of(width, height, rgb);
  }

  /** Returns a mask, white inside a square and black elsewhere. */
  public static Image mask(int width, int height, int left, int top, int side) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = top; y < top + side; y++) {
      for (int x = left; x < left + side; x++) {
        for (int c = 0; c < 3; c++) {
          rgb[3 * (y * width + x) + c] = (byte) 255;
        }
      }
    }
    return Image.of(width, height, rgb);
  }

  /** Returns the number of native arrays of a pipeline after it has loaded the VAE encoder. */
  public static int arraysOnceEncoded(Pipeline pipeline) {
    ImageToImage source = ImageToImage.builder(image(64, 64)).denoisingStrength(0.1).build();
    pipeline.generate(SPEC.toBuilder().imageToImage(source).build());
    return pipeline.liveTensors();
  }

  public static PromptSpec redrawing(ImageToImage.Builder source) {
    return SPEC.toBuilder().imageToImage(source.build()).build();
  }

  public static PromptSpec repainting(Image picture, Inpainting.Builder part) {
    return redrawing(ImageToImage.builder(picture).inpainting(part.build()));
  }

  public Pipeline pipeline() {
    return pipeline;
  }

  public Image draw(PromptSpec spec) {
    return pipeline.generate(spec).first().image();
  }

  /** Returns the steps that a listener sees: number/total. */
  public List<String> steps(PromptSpec spec) {
    List<String> steps = new ArrayList<>();
    pipeline.generate(
        spec,
        new GenerationListener() {
          @Override
          public void stepEnd(Step step, Supplier<Image> preview) {
            steps.add(step.number() + "/" + step.total());
          }
        });
    return steps;
  }

  /**
   * Ends one request by an exception and another by cancelling it, both during a step, and checks
   * that the pipeline is unchanged.
   */
  public void assertFailuresLeaveNothing(PromptSpec spec, int step) {
    final byte[] plain = draw(SPEC).rgb();
    assertThatThrownBy(() -> pipeline.generate(spec, inStep(step, this::fail)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    List<CompletableFuture<?>> futures = new ArrayList<>();
    List<Throwable> causes = new ArrayList<>();
    CompletableFuture<?> begun = new CompletableFuture<>();
    GenerationListener cancelling =
        inStep(
            step,
            () -> {
              begun.join();
              futures.get(0).cancel(true);
            });
    futures.add(
        pipeline.generateAsync(
            spec,
            new GenerationListener() {
              @Override
              public void stepStart(Step at) {
                cancelling.stepStart(at);
              }

              @Override
              public void generationFailed(Throwable cause) {
                causes.add(cause);
              }
            }));
    begun.complete(null);
    assertThatThrownBy(() -> futures.get(0).join()).isInstanceOf(CancellationException.class);
    assertThat(draw(SPEC).rgb()).isEqualTo(plain);
    assertThat(causes).singleElement().isInstanceOf(GenerationCancelledException.class);
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  private void fail() {
    throw new IllegalStateException("enough");
  }

  public static GenerationListener inStep(int number, Runnable action) {
    return new GenerationListener() {
      @Override
      public void stepStart(Step step) {
        if (step.number() == number) {
          action.run();
        }
      }
    };
  }

  @Override
  public void close() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    pipeline.close();
  }

  /** Returns what the requests of a pipeline share. */
  public static Model model(Pipeline pipeline) {
    return ((LocalPipeline) pipeline).model();
  }
}
