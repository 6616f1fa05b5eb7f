package dev.sdlora.pipeline.model;

import static dev.sdlora.pipeline.TinyFlow.SPEC;
import static dev.sdlora.pipeline.TinyFlow.TAG;
import static dev.sdlora.pipeline.TinyFlow.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that refused, failed and interrupted requests to FLUX.2 klein and Z-Image change nothing:
 * the next image has the same bytes, and no array stays behind.
 */
@Timeout(600)
class FlowFailuresTest {
  /** Enough for small images and too little for those of 4096x4096. */
  private static final long MOST_BYTES = 400_000_000;

  private static final Image START = TinyPipeline.image(64, 64);

  private static Map<String, Consumer<Pipeline>> failures(TinyFlow model) {
    Map<String, Consumer<Pipeline>> all = new LinkedHashMap<>();
    all.put("of memory would be needed", draw(SPEC.toBuilder().size(4096, 4096).build()));
    all.put("must be multiples of 16; use 80x64", draw(SPEC.toBuilder().size(72, 64).build()));
    all.put("at most 4 reference images", pipeline -> fiveReferences());
    all.put(
        model == TinyFlow.KLEIN
            ? "a reference image has 8 x 8 pixels, expected at least 16 x 16"
            : "referenceImages are given, but the checkpoint is Z-Image",
        draw(SPEC.toBuilder().referenceImage(TinyPipeline.image(8, 8)).build()));
    all.put("LoRA 'nobody'", draw(prompt("a cat<lora:nobody:1>")));
    all.put("a transformer has no edges", draw(SPEC.toBuilder().tiling(Tiling.X).build()));
    all.put("UniPC", draw(SPEC.toBuilder().sampler(Sampler.UNIPC).build()));
    LoraAdapter other =
        LoraAdapter.open(
            (model == TinyFlow.KLEIN
                    ? TinyTransformers.zImageLoras()
                    : TinyTransformers.kleinLoras())
                .resolve("lora_aitoolkit.safetensors"));
    all.put("use a LoRA that was trained for", draw(SPEC.toBuilder().lora(other).build()));
    for (LoraMode mode : new LoraMode[] {LoraMode.PATCHED, LoraMode.OVERLAY}) {
      PromptSpec tagged = prompt("a dog" + TAG).toBuilder().loraMode(mode).build();
      PromptSpec redrawn =
          tagged.toBuilder().imageToImage(ImageToImage.builder(START).build()).build();
      all.put("listener of " + mode, failingIn(tagged, "listener of " + mode));
      all.put("img2img of " + mode, failingIn(redrawn, "img2img of " + mode));
      all.put("interrupted with " + mode, interruptedIn(tagged, "interrupted with " + mode));
    }
    all.put(
        "interrupted before",
        pipeline -> {
          Thread.currentThread().interrupt();
          try {
            pipeline.generate(prompt("a bird"));
          } catch (RuntimeException e) {
            throw new IllegalStateException("interrupted before", e);
          } finally {
            assertThat(Thread.interrupted()).isTrue();
          }
        });
    return all;
  }

  private static Consumer<Pipeline> draw(PromptSpec spec) {
    return pipeline -> pipeline.generate(spec);
  }

  private static void fiveReferences() {
    PromptSpec.Builder spec = SPEC.toBuilder();
    for (int i = 0; i < 5; i++) {
      spec.referenceImage(START);
    }
  }

  private static Consumer<Pipeline> failingIn(PromptSpec spec, String message) {
    return pipeline ->
        pipeline.generate(
            spec,
            new GenerationListener() {
              @Override
              public void stepEnd(Step step, Supplier<Image> preview) {
                throw new IllegalStateException(message);
              }
            });
  }

  /** The calling thread is interrupted by the thread that draws. */
  private static Consumer<Pipeline> interruptedIn(PromptSpec spec, String message) {
    return pipeline -> {
      Thread caller = Thread.currentThread();
      GenerationListener interrupting =
          new GenerationListener() {
            @Override
            public void stepStart(Step step) {
              if (step.number() == 1) {
                caller.interrupt();
              }
            }
          };
      try {
        pipeline.generate(spec.toBuilder().steps(20).build(), interrupting);
      } catch (RuntimeException e) {
        throw new IllegalStateException(message, e);
      } finally {
        Thread.interrupted();
      }
    };
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"KLEIN, KEEP", "KLEIN, SPARING", "Z_IMAGE, KEEP", "Z_IMAGE, SPARING"})
  void generate_afterAnyFailure_isAsBefore(TinyFlow model, MemoryPolicy policy) {
    try (Pipeline pipeline =
        model.builder().memoryPolicy(policy).maxBytes(MOST_BYTES).concurrency(1).build()) {
      // The encoder of start images stays in memory once it is there.
      pipeline.generate(TinyFlow.redrawing(ImageToImage.builder(START)));
      Image plain = pipeline.generate(SPEC).first().image();
      int arrays = pipeline.liveTensors();
      failures(model)
          .forEach(
              (message, failing) -> {
                assertThatThrownBy(() -> failing.accept(pipeline))
                    .as(message)
                    .hasMessageContaining(message);
                assertThat(pipeline.generate(SPEC).first().image()).as(message).isEqualTo(plain);
                assertThat(pipeline.liveTensors()).as(message).isEqualTo(arrays);
              });
    }
  }

  /** An encoder of 1,000 rows without its tokenizer cannot read any prompt. */
  @ParameterizedTest
  @EnumSource(MemoryPolicy.class)
  void generate_wrongTextEncoder_leavesNothing(MemoryPolicy policy, @TempDir Path folder)
      throws IOException {
    Path small = TinyTransformers.kleinFolder().resolve("text_encoder/model.safetensors");
    Path alone = Files.copy(small, folder.resolve("model.safetensors"));
    Checkpoint checkpoint =
        Checkpoint.open(
            TinyTransformers.klein(), CheckpointParts.builder().textEncoder(alone).build());
    try (Pipeline pipeline =
        Fixtures.float32().checkpoint(checkpoint).memoryPolicy(policy).build()) {
      int arrays = pipeline.liveTensors();
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> pipeline.generate(SPEC))
            .isInstanceOf(CheckpointException.class)
            .hasMessageContaining("the text encoder knows 1000 tokens");
        assertThat(pipeline.liveTensors()).isEqualTo(arrays);
      }
    }
  }
}
