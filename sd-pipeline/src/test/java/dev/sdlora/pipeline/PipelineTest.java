package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the promises of the public API on the tiny checkpoint. */
@Timeout(600)
class PipelineTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder()
          .prompt("a cat")
          .negativePrompt("ugly")
          .size(64, 64)
          .steps(3)
          .seed(5)
          .build();
  private static final String TAG = "a cat <lora:tiny_lora:0.8>";

  @TempDir private static Path folder;
  private static Pipeline pipeline;
  private static int arrays;

  @BeforeAll
  static void open() throws IOException {
    Path loras = Files.createDirectory(folder.resolve("loras"));
    Files.copy(Fixtures.LORAS.resolve("tiny_lora.safetensors"), loras.resolve("ink.safetensors"));
    Files.copy(Fixtures.GOLDENS.resolve("lora_sdxl.safetensors"), loras.resolve("xl.safetensors"));
    Path checkpoint = folder.resolve("model.safetensors");
    Files.copy(Fixtures.CHECKPOINT, checkpoint, StandardCopyOption.COPY_ATTRIBUTES);
    pipeline = builder(checkpoint).loraDirectory(loras).build();
    arrays = pipeline.liveTensors();
  }

  @AfterEach
  void countArrays() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  @AfterAll
  static void close() {
    pipeline.close();
    assertThat(pipeline.liveTensors()).isZero();
  }

  private static Pipeline.Builder builder(Path checkpoint) {
    return Fixtures.float32().checkpoint(Checkpoint.open(checkpoint));
  }

  private static byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  private static PromptSpec prompt(String prompt) {
    return SPEC.toBuilder().prompt(prompt).build();
  }

  @Test
  void generate_loraByTag_changesThePictureAndComesOff() {
    byte[] plain = rgb(SPEC);
    GenerationResult result = pipeline.generate(prompt(TAG));

    assertThat(result.first().rgb()).isNotEqualTo(plain);
    assertThat(result.loras())
        .singleElement()
        .satisfies(
            lora -> {
              assertThat(lora.name()).isEqualTo("tiny_lora");
              assertThat(lora.path()).hasFileName("ink.safetensors");
              assertThat(lora.matched()).isEqualTo(245);
              assertThat(lora.unmatched()).isEmpty();
            });
    assertThat(rgb(SPEC)).isEqualTo(plain);
  }

  @Test
  void generate_tag_isNotPartOfTheText() {
    assertThat(rgb(prompt("a cat <lora:ink:0>"))).isEqualTo(rgb(prompt("a cat ")));
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<lora: ink: 0.8>a cat",
        "<lora:ink:0.8:0.8>a cat",
        "<lyco:ink:0.8>a cat",
        "<lora:ink:0.5>a cat<lora:tiny_lora:0.3>",
        "<lora:ink:-0.2>a cat<lora:ink>"
      })
  void generate_equalSumsOfStrengths_giveNearlyEqualPictures(String other) {
    byte[] expected = rgb(prompt(TAG));
    byte[] actual = rgb(prompt(other));
    int worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs((expected[i] & 0xff) - (actual[i] & 0xff)));
    }
    // The sums differ in the last digit, which may change a grey level by 1.
    assertThat(worst).isLessThanOrEqualTo(1);
  }

  @Test
  void generate_tagInNegativePrompt_acts() {
    PromptSpec negative = SPEC.toBuilder().negativePrompt("ugly<lora:ink:0.8>").build();
    assertThat(rgb(negative)).isEqualTo(rgb(prompt("a cat<lora:ink:0.8>"))).isNotEqualTo(rgb(SPEC));
  }

  @Test
  void generate_loraByObject_hasTwoStrengths() {
    LoraAdapter ink = pipeline.loras().find("ink");
    PromptSpec both = SPEC.toBuilder().lora(ink.withStrength(0.8)).build();
    PromptSpec unetOnly = SPEC.toBuilder().lora(ink.withStrength(LoraStrength.of(0, 0.8))).build();
    byte[] expected = rgb(prompt("a cat<lora:ink:0.8>"));
    assertThat(rgb(both)).isEqualTo(expected);
    assertThat(rgb(unetOnly))
        .isEqualTo(rgb(prompt("a cat<lora:ink:0:0.8>")))
        .isNotEqualTo(expected);
  }

  /** The samplers use noise from a sequence or from a Brownian path. */
  @ParameterizedTest
  @EnumSource(names = {"EULER_A", "DPMPP_SDE"})
  void generate_severalImages_equalTheSameMadeOneByOne(Sampler sampler) {
    List<GeneratedImage> images =
        pipeline.generate(SPEC.toBuilder().images(3).sampler(sampler).build()).images();
    assertThat(images).extracting(GeneratedImage::seed).containsExactly(5L, 6L, 7L);
    PromptSpec second = SPEC.toBuilder().seed(6).sampler(sampler).build();
    assertThat(images.get(1).rgb()).isEqualTo(rgb(second));
  }

  @Test
  void generate_severalVariations_keepTheSeedAndCountTheOther() {
    PromptSpec varied = SPEC.toBuilder().variation(Variation.of(90, 0.4)).build();
    List<GeneratedImage> images = pipeline.generate(varied.toBuilder().images(2).build()).images();
    assertThat(images).extracting(GeneratedImage::seed).containsExactly(5L, 5L);
    PromptSpec second = SPEC.toBuilder().variation(Variation.of(91, 0.4)).build();
    assertThat(images.get(1).rgb()).isEqualTo(rgb(second)).isNotEqualTo(rgb(SPEC));
  }

  @ParameterizedTest
  @EnumSource(
      value = Sampler.class,
      names = {"EULER_A", "DPMPP_2M"})
  void generate_sampler_followsTheSeed(Sampler sampler) {
    PromptSpec spec = SPEC.toBuilder().sampler(sampler).build();
    byte[] picture = rgb(spec);
    assertThat(rgb(spec)).isEqualTo(picture);
    assertThat(rgb(spec.toBuilder().seed(6).build())).isNotEqualTo(picture);
    assertThat(rgb(spec.toBuilder().rng(Rng.CPU).build())).isNotEqualTo(picture);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(Sampler.class)
  void generate_everySampler_followsTheSeed(Sampler sampler) {
    generate_sampler_followsTheSeed(sampler);
  }

  @Test
  void generate_scaleOne_ignoresTheNegativePrompt() {
    PromptSpec one = SPEC.toBuilder().cfgScale(1).build();
    assertThat(rgb(one.toBuilder().negativePrompt("other").build())).isEqualTo(rgb(one));
    assertThat(rgb(SPEC.toBuilder().negativePrompt("other").build())).isNotEqualTo(rgb(SPEC));
  }

  @Test
  void generate_longPromptAgainstShortNegative_works() {
    String longPrompt = "a very long prompt about cats, ".repeat(20);
    assertThat(rgb(prompt(longPrompt))).isNotEqualTo(rgb(SPEC));
  }

  @Test
  void generate_parameters_makeTheSamePictureAgain() {
    GeneratedImage image =
        pipeline.generate(prompt(TAG + ", (sharp:1.2)").toBuilder().clipSkip(2).build()).first();
    Path png = folder.resolve("picture.png");
    image.save(png);
    assertThat(rgb(PromptSpec.fromPng(png))).isEqualTo(image.rgb());
  }

  @Tag("slow")
  @Test
  void generate_bfloat16_isTheSamePictureRoughly() {
    byte[] exact = rgb(prompt(TAG));
    try (Pipeline fast =
        builder(folder.resolve("model.safetensors"))
            .loraDirectory(folder.resolve("loras"))
            .precision(Precision.BFLOAT16)
            .build()) {
      byte[] plain = fast.generate(SPEC).first().rgb();
      byte[] patched = fast.generate(prompt(TAG)).first().rgb();
      assertThat(meanDifference(exact, patched)).isLessThan(meanDifference(exact, plain) / 3);
      assertThat(fast.generate(SPEC).first().rgb()).isEqualTo(plain);
    }
  }

  private static double meanDifference(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return sum / a.length;
  }

  @Test
  void generate_badRequests_leaveThePipelineAsItWas() {
    byte[] plain = rgb(SPEC);
    byte[] patched = rgb(prompt(TAG));
    assertThatThrownBy(() -> rgb(prompt("<lora:inc:1>")))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("did you mean 'ink'");
    assertThatThrownBy(() -> rgb(prompt("<lora:xl:1>")))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("is for SDXL")
        .hasMessageContaining("SD 1.x");
    assertThatThrownBy(() -> rgb(prompt("<lora:ink:strong>")))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("strong");
    assertThatThrownBy(() -> rgb(SPEC.toBuilder().clipSkip(6).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clipSkip must be at most 5");
    assertThat(rgb(SPEC)).isEqualTo(plain);
    assertThat(rgb(prompt(TAG))).isEqualTo(patched);
  }

  @Test
  void generate_listener_seesPairedEvents() {
    List<String> events = new ArrayList<>();
    pipeline.generate(prompt(TAG), new Recorder(events));
    assertThat(events)
        .containsExactly(
            "start",
            "loras",
            "/loras",
            "conditioning",
            "/conditioning",
            "image 0 5",
            "step 1/3",
            "/step 1 8x8",
            "step 2/3",
            "/step 2 8x8",
            "step 3/3",
            "/step 3 8x8",
            "decode",
            "/decode",
            "/image",
            "end");
  }

  @Test
  void generate_listenerThrows_reachesTheCallerAndRestores() {
    byte[] plain = rgb(SPEC);
    List<String> events = new ArrayList<>();
    Recorder failing =
        new Recorder(events) {
          @Override
          public void stepEnd(Step step, Supplier<Image> preview) {
            throw new IllegalStateException("enough");
          }
        };
    assertThatThrownBy(() -> pipeline.generate(prompt(TAG), failing))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
    assertThat(events).endsWith("step 1/3", "failed");
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    assertThat(rgb(SPEC)).isEqualTo(plain);
  }

  @Test
  void generate_fromAListener_isRefused() {
    Recorder nested =
        new Recorder(new ArrayList<>()) {
          @Override
          public void lorasEnd() {
            pipeline.generate(SPEC);
          }
        };
    assertThatThrownBy(() -> pipeline.generate(SPEC, nested))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("listener");
  }

  @Test
  void generateAsync_cancelled_stopsWithinAStep() throws InterruptedException {
    byte[] plain = rgb(SPEC);
    CountDownLatch inStep = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    CountDownLatch failed = new CountDownLatch(1);
    List<String> events = new ArrayList<>();
    CompletableFuture<GenerationResult> future =
        pipeline.generateAsync(
            prompt(TAG).toBuilder().steps(1000).build(),
            new Recorder(events) {
              @Override
              public void stepStart(Step step) {
                super.stepStart(step);
                if (step.number() == 2) {
                  inStep.countDown();
                  await(cancelled);
                }
              }

              @Override
              public void generationFailed(Throwable cause) {
                super.generationFailed(cause);
                assertThat(cause).isInstanceOf(GenerationCancelledException.class);
                failed.countDown();
              }
            });
    inStep.await();
    assertThat(future.cancel(true)).isTrue();
    cancelled.countDown();
    failed.await();

    assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
    assertThat(events).endsWith("step 2/1000", "failed");
    assertThat(rgb(SPEC)).isEqualTo(plain);
  }

  @Test
  void generate_interrupted_isCancelled() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> pipeline.generate(SPEC))
        .isInstanceOf(GenerationCancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    rgb(SPEC);
  }

  @Tag("slow")
  @Test
  void generateAsync_manyThreads_equalsOneByOne() {
    List<String> prompts = List.of("a cat", TAG, "a dog <lora:ink:-1>", "a bird", TAG);
    List<byte[]> alone = prompts.stream().map(p -> rgb(prompt(p))).toList();
    List<byte[]> together =
        prompts.parallelStream()
            .map(p -> pipeline.generateAsync(prompt(p)).join().first().rgb())
            .toList();
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(together.get(i)).as(prompts.get(i)).isEqualTo(alone.get(i));
    }
  }

  @Test
  void close_twice_refusesFurtherRequests() {
    Pipeline other = builder(Fixtures.CHECKPOINT).build();
    assertThatThrownBy(() -> other.generate(prompt(TAG)))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("has no LoRA directory");
    other.close();
    other.close();
    assertThat(other.liveTensors()).isZero();
    assertThatThrownBy(() -> other.generate(SPEC))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void generate_checkpointChangedWhilePatched_saysSoAndRecovers() throws IOException {
    byte[] plain = rgb(SPEC);
    rgb(prompt(TAG));
    Path checkpoint = folder.resolve("model.safetensors");
    FileTime time = Files.getLastModifiedTime(checkpoint);
    Files.setLastModifiedTime(checkpoint, FileTime.fromMillis(time.toMillis() + 5000));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> rgb(SPEC))
          .isInstanceOf(TensorFileException.class)
          .hasMessageContaining("model.safetensors")
          .hasMessageContaining("changed");
    }
    Files.setLastModifiedTime(checkpoint, time);
    assertThat(rgb(SPEC)).isEqualTo(plain);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Records the events of a generation. */
  private static class Recorder implements GenerationListener {
    private final List<String> events;

    Recorder(List<String> events) {
      this.events = events;
    }

    @Override
    public void generationStart(PromptSpec spec) {
      events.add("start");
    }

    @Override
    public void generationEnd(GenerationResult result) {
      events.add("end");
    }

    @Override
    public void generationFailed(Throwable cause) {
      events.add("failed");
    }

    @Override
    public void lorasStart() {
      events.add("loras");
    }

    @Override
    public void lorasEnd() {
      events.add("/loras");
    }

    @Override
    public void conditioningStart() {
      events.add("conditioning");
    }

    @Override
    public void conditioningEnd() {
      events.add("/conditioning");
    }

    @Override
    public void imageStart(int index, long seed) {
      events.add("image " + index + " " + seed);
    }

    @Override
    public void imageEnd(int index, GeneratedImage image) {
      events.add("/image");
    }

    @Override
    public void stepStart(Step step) {
      events.add("step " + step.number() + "/" + step.total());
    }

    @Override
    public void stepEnd(Step step, Supplier<Image> preview) {
      Image image = preview.get();
      events.add("/step " + step.number() + " " + image.width() + "x" + image.height());
    }

    @Override
    public void decodeStart(int index) {
      events.add("decode");
    }

    @Override
    public void decodeEnd(int index) {
      events.add("/decode");
    }
  }
}
