package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyFamilies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that a pipeline that releases text encoders and VAE between stages draws the same images.
 */
@Timeout(600)
@Tag("slow")
class MemoryPolicyTest {
  private static final String TAG = "a cat<lora:tiny_lora:0.8>";

  private static TinyPipeline keeping;

  @TempDir private Path folder;
  private Path model;
  private Pipeline sparing;
  private int unet;

  @BeforeAll
  static void openTheOther() {
    keeping = new TinyPipeline();
  }

  @AfterAll
  static void closeTheOther() {
    keeping.close();
  }

  @BeforeEach
  void open() throws IOException {
    model = folder.resolve("model.safetensors");
    Files.copy(Fixtures.CHECKPOINT, model, StandardCopyOption.COPY_ATTRIBUTES);
    sparing = builder(model).loraDirectory(Fixtures.LORAS).loraDirectory(folder).build();
    unet = sparing.liveTensors();
  }

  @AfterEach
  void close() {
    assertThat(sparing.liveTensors()).isEqualTo(unet).isLessThan(keeping.pipeline().liveTensors());
    sparing.close();
  }

  private static Pipeline.Builder builder(Path model) {
    return Fixtures.float32()
        .checkpoint(Checkpoint.open(model))
        .memoryPolicy(MemoryPolicy.SPARING)
        .concurrency(2);
  }

  private static PromptSpec spec(String prompt, LoraMode mode) {
    return TinyPipeline.SPEC.toBuilder().prompt(prompt).loraMode(mode).build();
  }

  private byte[] rgb(PromptSpec spec) {
    return sparing.generate(spec).first().rgb();
  }

  @ParameterizedTest
  @EnumSource(names = {"PATCHED", "OVERLAY"})
  void generate_lorasOnTextEncoders_areTheSamePictures(LoraMode mode) {
    byte[] plain = keeping.draw(spec("a cat", mode)).rgb();
    byte[] changed = keeping.draw(spec(TAG, mode)).rgb();
    byte[] other = keeping.draw(spec("a dog<lora:tiny_lora:-0.5>", mode)).rgb();
    byte[] scheduled = keeping.draw(spec("a cat<lora:tiny_lora:0.8@0,0@1>", mode)).rgb();
    assertThat(rgb(spec(TAG, mode))).isEqualTo(changed);
    assertThat(rgb(spec("a cat", mode))).isEqualTo(plain);
    assertThat(rgb(spec("a dog<lora:tiny_lora:-0.5>", mode))).isEqualTo(other);
    assertThat(rgb(spec("a cat<lora:tiny_lora:0.8@0,0@1>", mode))).isEqualTo(scheduled);
    assertThat(rgb(spec(TAG, mode))).isEqualTo(changed);
    assertThat(rgb(spec("a cat", mode))).isEqualTo(plain);
  }

  @Test
  void generate_hiresFixByPixels_readsTheVaeInTheMiddle() {
    PromptSpec hires =
        TinyPipeline.SPEC.toBuilder()
            .hiresFix(
                HiresFix.builder().scale(1.5).upscaler(Upscaler.LANCZOS).prompt("a dog").build())
            .build();
    assertThat(rgb(hires)).isEqualTo(keeping.draw(hires).rgb());
    PromptSpec redrawn =
        TinyPipeline.redrawing(
            ImageToImage.builder(TinyPipeline.image(64, 64)).denoisingStrength(0.5));
    assertThat(rgb(redrawn)).isEqualTo(keeping.draw(redrawn).rgb());
  }

  /** The VAE encoder is read for the first start image and stays in memory. */
  @Test
  void generate_firstPictureToStartFrom_readsTheEncoderOnce() {
    try (Pipeline pipeline = builder(model).memoryPolicy(MemoryPolicy.KEEP).build()) {
      pipeline.generate(TinyPipeline.SPEC);
      int before = pipeline.liveTensors();
      PromptSpec redrawn =
          TinyPipeline.redrawing(
              ImageToImage.builder(TinyPipeline.image(64, 64)).denoisingStrength(0.5));
      byte[] first = pipeline.generate(redrawn).first().rgb();
      int after = pipeline.liveTensors();
      long encoders =
          CheckpointReader.read(model).vae().weights().keySet().stream()
              .filter(name -> name.startsWith("encoder.") || name.startsWith("quant_conv."))
              .count();
      assertThat(after - before).isEqualTo((int) encoders);
      assertThat(pipeline.generate(redrawn).first().rgb()).isEqualTo(first);
      assertThat(pipeline.liveTensors()).isEqualTo(after);
    }
  }

  @Test
  void generate_fileReplacedBeforeTheFirstPicture_failsUntilItIsBack() throws IOException {
    try (Pipeline pipeline = builder(model).memoryPolicy(MemoryPolicy.KEEP).build()) {
      byte[] plain = pipeline.generate(TinyPipeline.SPEC).first().rgb();
      int before = pipeline.liveTensors();
      PromptSpec redrawn =
          TinyPipeline.redrawing(
              ImageToImage.builder(TinyPipeline.image(64, 64)).denoisingStrength(0.5));
      FileTime time = Files.getLastModifiedTime(model);
      Files.setLastModifiedTime(model, FileTime.fromMillis(time.toMillis() + 60_000));
      assertThatThrownBy(() -> pipeline.generate(redrawn))
          .isInstanceOf(TensorFileException.class)
          .hasMessageContaining("changed");
      assertThat(pipeline.generate(TinyPipeline.SPEC).first().rgb()).isEqualTo(plain);
      assertThat(pipeline.liveTensors()).isEqualTo(before);
      Files.setLastModifiedTime(model, time);
      assertThat(pipeline.generate(redrawn).first().rgb()).isEqualTo(keeping.draw(redrawn).rgb());
    }
  }

  @Test
  void generate_severalAtOnce_drawTheirOwnPictures() {
    List<PromptSpec> specs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String lora = i % 3 == 0 ? "<lora:tiny_lora:0.8>" : "";
      specs.add(spec("a cat " + i + lora, i % 2 == 0 ? LoraMode.OVERLAY : LoraMode.PATCHED));
    }
    List<CompletableFuture<byte[]>> futures =
        specs.stream()
            .map(spec -> sparing.generateAsync(spec).thenApply(result -> result.first().rgb()))
            .toList();
    for (int i = 0; i < specs.size(); i++) {
      assertThat(futures.get(i).join()).isEqualTo(keeping.draw(specs.get(i)).rgb());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PATCHED", "OVERLAY"})
  void generate_cancelledAndFailing_giveEverythingBack(LoraMode mode) {
    for (boolean decoding : List.of(false, true)) {
      List<CompletableFuture<?>> futures = new ArrayList<>();
      CompletableFuture<?> begun = new CompletableFuture<>();
      futures.add(
          sparing.generateAsync(
              spec(TAG, mode),
              new GenerationListener() {
                @Override
                public void conditioningStart() {
                  cancel(!decoding);
                }

                @Override
                public void decodeStart(int index) {
                  cancel(decoding);
                }

                private void cancel(boolean now) {
                  if (now) {
                    begun.join();
                    futures.get(0).cancel(true);
                  }
                }
              }));
      begun.complete(null);
      assertThatThrownBy(() -> futures.get(0).join()).isInstanceOf(CancellationException.class);
      // This request waits for the cancelled one.
      assertThat(rgb(spec("a cat", mode))).isEqualTo(keeping.draw(spec("a cat", mode)).rgb());
    }
    GenerationListener failing =
        new GenerationListener() {
          @Override
          public void conditioningEnd() {
            throw new IllegalStateException("enough");
          }
        };
    assertThatThrownBy(() -> sparing.generate(spec(TAG, mode), failing))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
    assertThat(sparing.liveTensors()).isEqualTo(unet);
    assertThat(rgb(spec(TAG, mode))).isEqualTo(keeping.draw(spec(TAG, mode)).rgb());
  }

  @Test
  void generate_damagedLoraOnTheEncoder_isOneErrorAndLeavesNothing() {
    String layer = "lora_te_text_model_encoder_layers_0_mlp_fc1.";
    new SafetensorsWriter()
        .tensor(layer + "lora_down.weight", List.of(1L, 32L), new float[32], DType.F32)
        .tensor(layer + "lora_up.weight", List.of(64L, 1L), nans(64), DType.F32)
        .write(folder.resolve("damaged.safetensors"));
    for (LoraMode mode : List.of(LoraMode.PATCHED, LoraMode.OVERLAY)) {
      assertThatThrownBy(() -> rgb(spec("a cat<lora:damaged>", mode)))
          .isInstanceOf(LoraException.class)
          .hasMessageContaining("damaged");
      assertThat(sparing.liveTensors()).isEqualTo(unet);
      PromptSpec lenient = spec("a cat<lora:damaged>", mode).toBuilder().lenient(true).build();
      assertThat(rgb(lenient)).isEqualTo(keeping.draw(spec("a cat", mode)).rgb());
    }
  }

  private static float[] nans(int count) {
    float[] nans = new float[count];
    Arrays.fill(nans, Float.NaN);
    return nans;
  }

  /** A cached prompt needs no encoder, so reading the VAE is what fails. */
  @Test
  void generate_fileReplacedMeanwhile_failsUntilItIsBack() throws IOException {
    byte[] before = rgb(TinyPipeline.SPEC);
    FileTime time = Files.getLastModifiedTime(model);
    Files.setLastModifiedTime(model, FileTime.fromMillis(time.toMillis() + 60_000));
    assertThat(stepsBeforeFailing(spec("something new", LoraMode.PATCHED))).isZero();
    assertThat(stepsBeforeFailing(TinyPipeline.SPEC)).isEqualTo(4);
    assertThat(sparing.liveTensors()).isEqualTo(unet);
    Files.setLastModifiedTime(model, time);
    assertThat(rgb(TinyPipeline.SPEC)).isEqualTo(before);
  }

  private int stepsBeforeFailing(PromptSpec spec) {
    AtomicInteger steps = new AtomicInteger();
    GenerationListener counting =
        new GenerationListener() {
          @Override
          public void stepEnd(Step step, Supplier<Image> preview) {
            steps.incrementAndGet();
          }
        };
    assertThatThrownBy(() -> sparing.generate(spec, counting))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("changed");
    return steps.get();
  }

  @Test
  void generate_twoEncodersAndRefinerInBfloat16_areTheSamePicture() {
    PromptSpec spec = TinyPipeline.SPEC.toBuilder().refinerSwitch(0.5).build();
    Path base = folder.resolve("xl.safetensors");
    Path second = folder.resolve("refiner.safetensors");
    FamilyFiles.withWholeVocabulary(TinyFamilies.sdxl(), base);
    FamilyFiles.withWholeVocabulary(TinyFamilies.refiner(), second);
    Pipeline.Builder builder = builder(base).refiner(second).precision(Precision.BFLOAT16);
    try (Pipeline spares = builder.build();
        Pipeline keeps = builder.memoryPolicy(MemoryPolicy.KEEP).build()) {
      assertThat(spares.precision()).isEqualTo(Precision.BFLOAT16);
      assertThat(spares.generate(spec).first().rgb()).isEqualTo(keeps.generate(spec).first().rgb());
    }
  }
}
