package dev.sdlora.pipeline.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.lora.StrengthSchedule.Point;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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

/** Tests patched and overlaid LoRAs: equal images, and requests that run at the same time. */
@Timeout(600)
class LoraModesTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder()
          .prompt("a cat")
          .negativePrompt("ugly")
          .size(64, 64)
          .steps(4)
          .seed(5)
          .build();

  private static final String ATTENTION =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_";

  @TempDir private static Path folder;
  private static Pipeline pipeline;
  private static byte[] plain;
  private static int arrays;

  @BeforeAll
  static void open() {
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .concurrency(2)
            .build();
    plain = rgb(LoraMode.PATCHED, "a cat");
    arrays = pipeline.liveTensors();
  }

  @AfterEach
  void countArrays() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static PromptSpec spec(LoraMode mode, String prompt) {
    return SPEC.toBuilder().prompt(prompt).loraMode(mode).build();
  }

  private static byte[] rgb(LoraMode mode, String prompt) {
    return pipeline.generate(spec(mode, prompt)).first().rgb();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a cat<lora:tiny_lora:0.8>",
        "a cat<lora:tiny_lora:-0.5:1>",
        "a cat<lora:tiny_lora:1@0,0.5@0.5,0@0.8><lora:tiny_lora:0.2>",
      })
  void generate_overlay_isThePatchedPicture(String prompt) {
    byte[] patched = rgb(LoraMode.PATCHED, prompt);
    byte[] overlaid = rgb(LoraMode.OVERLAY, prompt);

    // Values differ by at most 1e-4 of the range, that is, by one grey level near a boundary.
    int levels = 0;
    for (int i = 0; i < patched.length; i++) {
      int difference = Math.abs((patched[i] & 0xff) - (overlaid[i] & 0xff));
      assertThat(difference).isLessThanOrEqualTo(1);
      levels += difference;
    }
    assertThat(levels).isLessThan(patched.length / 50);
    assertThat(patched).isNotEqualTo(plain);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a cat<lora:tiny_lora:0:0.8>",
        "a cat<lora:tiny_lora:0.8:0>",
        "a cat<lora:tiny_lora:0.5><lora:tiny_lora:0.3>",
        "a cat<lora:tiny_lora:0.8:0@0,1@1>",
        "a cat<lora:tiny_lora:0.8:1@sigma10,-0.5@sigma0.5>",
        "a cat<lora:tiny_lora:lbw=OUTALL>",
        "a cat<lora:tiny_lora:1:1:2>",
      })
  void generate_overlayOfOtherTags_isThePatchedPicture(String prompt) {
    generate_overlay_isThePatchedPicture(prompt);
  }

  @Tag("slow")
  @Test
  void generate_scheduleOfPatches_isTheStrengthOfEachStep() {
    assertScheduleHolds(LoraMode.PATCHED);
  }

  @Tag("slow")
  @Test
  void generate_scheduleOfOverlays_isTheStrengthOfEachStep() {
    assertScheduleHolds(LoraMode.OVERLAY);
  }

  private static void assertScheduleHolds(LoraMode mode) {
    byte[] full = rgb(mode, "a cat<lora:tiny_lora:0.8>");
    byte[] none = rgb(mode, "a cat<lora:tiny_lora:0.8:0>");
    assertThat(rgb(mode, "a cat<lora:tiny_lora:0.8@0,0.8@1>")).isEqualTo(full);
    byte[] fading = rgb(mode, "a cat<lora:tiny_lora:0.8@0,0@1>");
    assertThat(fading).isNotEqualTo(full).isNotEqualTo(none);
    // A jump after the last step has no effect; a jump before the second step keeps only the first.
    byte[] onlyFirst = rgb(mode, "a cat<lora:tiny_lora:0.8@0,0.8@0.1,0@0.1>");
    assertThat(onlyFirst).isNotEqualTo(full).isNotEqualTo(none).isNotEqualTo(fading);
    PromptSpec byObject =
        spec(mode, "a cat").toBuilder()
            .lora(
                pipeline
                    .loras()
                    .find("tiny_lora")
                    .withStrength(
                        LoraStrength.of(0.8)
                            .withUnet(
                                StrengthSchedule.of(
                                    new Point(0, 0.8), new Point(0.1, 0.8), new Point(0.1, 0)))))
            .build();
    assertThat(pipeline.generate(byObject).first().rgb()).isEqualTo(onlyFirst);
    // The schedule restarts for each image of a request.
    PromptSpec two =
        spec(mode, "a cat<lora:tiny_lora:0.8@0,0@1>").toBuilder().seed(4).images(2).build();
    assertThat(pipeline.generate(two).images().get(1).rgb()).isEqualTo(fading);
  }

  @Test
  void generate_blockWeights_multiplyTheStrength() {
    LoraMode mode = LoraMode.PATCHED;
    byte[] full = rgb(mode, "a cat<lora:tiny_lora:0.8>");
    assertThat(rgb(mode, "a cat<lora:tiny_lora:0.8:lbw=ALL>")).isEqualTo(full);
    assertThat(rgb(mode, "a cat<lora:tiny_lora:1.6:lbw=ALL0.5>")).isEqualTo(full);
    String ones = "1" + ",1".repeat(25);
    assertThat(rgb(mode, "a cat<lora:tiny_lora:0.8:lbw=" + ones + ">")).isEqualTo(full);
    assertThat(rgb(mode, "a cat<lora:tiny_lora:0.8:lbw=NONE>")).isEqualTo(rgb(mode, "a cat"));
    assertThatThrownBy(() -> rgb(mode, "<lora:tiny_lora:lbw=1" + ",1".repeat(11) + ">"))
        .isInstanceOf(LoraException.class)
        .hasMessage(
            "LoRA 'tiny_lora' has 12 block weights, which are for SDXL, but checkpoint 'tiny-sd1'"
                + " is SD 1.x; expected 17 or 26");
  }

  @Tag("slow")
  @Test
  void generate_overlayInBfloat16_isThePatchedPictureRoughly() {
    String prompt = "a cat<lora:tiny_lora:0.8>";
    byte[] exact = rgb(LoraMode.PATCHED, prompt);
    try (Pipeline fast =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .precision(Precision.BFLOAT16)
            .build()) {
      byte[] plain = fast.generate(spec(LoraMode.OVERLAY, "a cat")).first().rgb();
      byte[] overlaid = fast.generate(spec(LoraMode.OVERLAY, prompt)).first().rgb();
      assertThat(meanDifference(exact, overlaid)).isLessThan(meanDifference(exact, plain) / 3);
    }
  }

  private static double meanDifference(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return sum / a.length;
  }

  /** Writes a low-rank change of one layer and a full difference of another. */
  private static LoraAdapter mixed(boolean product) {
    float[] values = new float[32 * 32];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i) / 2;
    }
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .tensor(ATTENTION + "to_q.diff", List.of(32L, 32L), values, DType.F32);
    if (product) {
      float[] factor = Arrays.copyOf(values, 2 * 32);
      writer
          .tensor(ATTENTION + "to_k.lora_down.weight", List.of(2L, 32L), factor, DType.F32)
          .tensor(ATTENTION + "to_k.lora_up.weight", List.of(32L, 2L), factor, DType.F32);
    }
    Path file = folder.resolve(product ? "mixed.safetensors" : "whole.safetensors");
    writer.write(file);
    return LoraAdapter.open(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1@0,-1@1"})
  void generate_overlayOfWhatCannotRide_isPatchedAndTheRestRides(String strength) {
    LoraAdapter mixed =
        mixed(true).withStrength(LoraStrength.of(1).withUnet(StrengthSchedule.parse(strength)));
    PromptSpec patched = spec(LoraMode.PATCHED, "a cat").toBuilder().lora(mixed).build();
    PromptSpec overlaid = patched.toBuilder().loraMode(LoraMode.OVERLAY).build();
    byte[] expected = pipeline.generate(patched).first().rgb();
    GenerationResult actual = pipeline.generate(overlaid);
    assertThat(meanDifference(expected, actual.first().rgb())).isLessThan(0.02);
    assertThat(actual.loras()).extracting(LoraReport::mode).containsExactly(LoraMode.OVERLAY);
    assertThat(meanDifference(expected, rgb(LoraMode.PATCHED, "a cat"))).isGreaterThan(0.2);

    PromptSpec whole = SPEC.toBuilder().lora(mixed(false)).loraMode(LoraMode.OVERLAY).build();
    assertThat(pipeline.generate(whole).loras())
        .extracting(LoraReport::mode)
        .containsExactly(LoraMode.PATCHED);
  }

  @Test
  void generate_overlayOfLohaAndLokr_isThePatchedPicture() {
    String conv = "lora_unet_down_blocks_0_resnets_0_conv1.";
    SafetensorsWriter writer = new SafetensorsWriter();
    wave(writer, ATTENTION + "to_q.hada_w1_a", 32, 2);
    wave(writer, ATTENTION + "to_q.hada_w1_b", 2, 32);
    wave(writer, ATTENTION + "to_q.hada_w2_a", 32, 2);
    wave(writer, ATTENTION + "to_q.hada_w2_b", 2, 32);
    wave(writer, ATTENTION + "to_k.lokr_w1", 4, 8);
    wave(writer, ATTENTION + "to_k.lokr_w2_a", 8, 2);
    wave(writer, ATTENTION + "to_k.lokr_w2_b", 2, 4);
    wave(writer, conv + "lokr_w1", 4, 4);
    wave(writer, conv + "lokr_w2_a", 8, 2);
    wave(writer, conv + "lokr_w2_b", 2, 8 * 9);
    Path file = folder.resolve("lycoris.safetensors");
    writer.write(file);
    PromptSpec patched =
        spec(LoraMode.PATCHED, "a cat").toBuilder()
            .lora(LoraAdapter.open(file).withStrength(0.7))
            .build();
    byte[] expected = pipeline.generate(patched).first().rgb();
    GenerationResult actual =
        pipeline.generate(patched.toBuilder().loraMode(LoraMode.OVERLAY).build());
    assertThat(actual.loras()).extracting(LoraReport::mode).containsExactly(LoraMode.OVERLAY);
    assertThat(meanDifference(expected, actual.first().rgb())).isLessThan(0.02);
    assertThat(meanDifference(expected, rgb(LoraMode.PATCHED, "a cat"))).isGreaterThan(0.2);
  }

  private static void wave(SafetensorsWriter writer, String name, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i + name.hashCode() % 100) / 2;
    }
    writer.tensor(name, List.of((long) rows, (long) columns), values, DType.F32);
  }

  @Tag("slow")
  @Test
  void generate_overlaysOverTheSamePatches_runAtOnce() {
    PromptSpec spec = SPEC.toBuilder().lora(mixed(true)).loraMode(LoraMode.OVERLAY).build();
    PromptSpec other = spec.toBuilder().prompt("a cat<lora:tiny_lora:0.8>").build();
    byte[] alone = pipeline.generate(spec).first().rgb();
    byte[] otherAlone = pipeline.generate(other).first().rgb();
    CountDownLatch bothInside = new CountDownLatch(2);
    CompletableFuture<GenerationResult> first = pipeline.generateAsync(spec, meetIn(bothInside));
    CompletableFuture<GenerationResult> second = pipeline.generateAsync(other, meetIn(bothInside));
    assertThat(first.join().first().rgb()).isEqualTo(alone);
    assertThat(second.join().first().rgb()).isEqualTo(otherAlone);
  }

  @Tag("slow")
  @Test
  void generate_overlaysAtOnce_eachIsTheSameAsAlone() {
    List<String> prompts = List.of("a cat<lora:tiny_lora:0.8>", "a dog<lora:tiny_lora:-0.7>");
    List<byte[]> alone = prompts.stream().map(p -> rgb(LoraMode.OVERLAY, p)).toList();
    CountDownLatch bothInside = new CountDownLatch(2);
    List<CompletableFuture<GenerationResult>> together =
        prompts.stream()
            .map(p -> pipeline.generateAsync(spec(LoraMode.OVERLAY, p), meetIn(bothInside)))
            .toList();
    for (int i = 0; i < prompts.size(); i++) {
      GenerationResult result = together.get(i).join();
      assertThat(result.first().rgb()).as(prompts.get(i)).isEqualTo(alone.get(i));
      assertThat(result.loras()).extracting(LoraReport::mode).containsOnly(LoraMode.OVERLAY);
    }
  }

  @Tag("slow")
  @Test
  void generate_sharedPatches_runAtOnce() {
    String prompt = "a cat<lora:tiny_lora:0.8>";
    byte[] alone = rgb(LoraMode.PATCHED, prompt);
    CountDownLatch bothInside = new CountDownLatch(2);
    List<CompletableFuture<GenerationResult>> together = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      together.add(pipeline.generateAsync(spec(LoraMode.PATCHED, prompt), meetIn(bothInside)));
    }
    together.forEach(result -> assertThat(result.join().first().rgb()).isEqualTo(alone));
  }

  @Test
  void generate_otherPatches_waitForTheWeights() throws InterruptedException {
    byte[] aloneA = rgb(LoraMode.PATCHED, "a cat<lora:tiny_lora:0.8>");
    byte[] aloneB = rgb(LoraMode.PATCHED, "a cat<lora:tiny_lora:0.3>");
    List<String> events = new CopyOnWriteArrayList<>();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch arrived = new CountDownLatch(1);
    CompletableFuture<GenerationResult> first =
        pipeline.generateAsync(
            spec(LoraMode.PATCHED, "a cat<lora:tiny_lora:0.8>"),
            new GenerationListener() {
              @Override
              public void stepStart(Step step) {
                inside.countDown();
                await(arrived);
              }

              @Override
              public void generationEnd(GenerationResult result) {
                events.add("first ends");
              }
            });
    inside.await();
    CompletableFuture<GenerationResult> second =
        pipeline.generateAsync(
            spec(LoraMode.PATCHED, "a cat<lora:tiny_lora:0.3>"),
            new GenerationListener() {
              @Override
              public void lorasStart() {
                arrived.countDown();
              }

              @Override
              public void lorasEnd() {
                events.add("second begins");
              }
            });
    assertThat(second.join().first().rgb()).isEqualTo(aloneB);
    assertThat(first.join().first().rgb()).isEqualTo(aloneA);
    assertThat(events).containsExactly("first ends", "second begins");
  }

  @Test
  void generate_auto_patchesAloneAndOverlaysBesideOthers() {
    String prompt = "a cat<lora:tiny_lora:0.8>";
    GenerationResult alone = pipeline.generate(spec(LoraMode.AUTO, prompt));
    assertThat(alone.loras()).extracting(LoraReport::mode).containsExactly(LoraMode.PATCHED);

    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    CompletableFuture<GenerationResult> plain =
        pipeline.generateAsync(
            SPEC,
            new GenerationListener() {
              @Override
              public void stepStart(Step step) {
                inside.countDown();
                await(done);
              }
            });
    await(inside);
    GenerationResult beside = pipeline.generate(spec(LoraMode.AUTO, prompt));
    done.countDown();
    plain.join();
    assertThat(beside.loras()).extracting(LoraReport::mode).containsExactly(LoraMode.OVERLAY);
    assertThat(beside.first().rgb()).isEqualTo(rgb(LoraMode.OVERLAY, prompt));
  }

  @ParameterizedTest
  @EnumSource(
      value = LoraMode.class,
      names = {"PATCHED", "OVERLAY"})
  void generate_failedAndCancelled_leaveNothingBehind(LoraMode mode) throws InterruptedException {
    byte[] plain = rgb(mode, "a cat");
    PromptSpec spec = spec(mode, "a cat<lora:tiny_lora:0.8@0,0@1>");
    GenerationListener failing =
        TinyPipeline.inStep(
            3,
            () -> {
              throw new IllegalStateException("enough");
            });
    assertThatThrownBy(() -> pipeline.generate(spec, failing))
        .isInstanceOf(IllegalStateException.class);
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);

    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    CompletableFuture<GenerationResult> future =
        pipeline.generateAsync(
            spec,
            new GenerationListener() {
              @Override
              public void stepStart(Step step) {
                inside.countDown();
                await(cancelled);
              }

              @Override
              public void generationFailed(Throwable cause) {
                over.countDown();
              }
            });
    inside.await();
    future.cancel(true);
    cancelled.countDown();
    over.await();
    assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
    assertThat(rgb(mode, "a cat")).isEqualTo(plain);
  }

  @Tag("slow")
  @Test
  void generate_autoFailedAndCancelled_leavesNothingBehind() throws InterruptedException {
    generate_failedAndCancelled_leaveNothingBehind(LoraMode.AUTO);
  }

  @Test
  void generateAsync_cancelledWhileItWaitsForTheWeights_givesUp() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    CompletableFuture<GenerationResult> first =
        pipeline.generateAsync(
            spec(LoraMode.PATCHED, "a cat<lora:tiny_lora:0.8>"),
            new GenerationListener() {
              @Override
              public void stepStart(Step step) {
                inside.countDown();
                await(done);
              }
            });
    await(inside);
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch failed = new CountDownLatch(1);
    CompletableFuture<GenerationResult> second =
        pipeline.generateAsync(
            spec(LoraMode.PATCHED, "a cat<lora:tiny_lora:0.3>"),
            new GenerationListener() {
              @Override
              public void lorasStart() {
                waits.countDown();
              }

              @Override
              public void generationFailed(Throwable cause) {
                failed.countDown();
              }
            });
    await(waits);
    second.cancel(true);
    await(failed);
    done.countDown();
    first.join();
  }

  @Test
  void close_whileRequestsRunAndWait_finishesTheOneAndRefusesTheOther() {
    Pipeline other =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .loraMode(LoraMode.PATCHED)
            .concurrency(2)
            .build();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    CompletableFuture<GenerationResult> first =
        other.generateAsync(
            SPEC,
            new GenerationListener() {
              @Override
              public void stepStart(Step step) {
                inside.countDown();
                await(refused);
              }
            });
    await(inside);
    CountDownLatch waits = new CountDownLatch(1);
    CompletableFuture<GenerationResult> second =
        other.generateAsync(
            SPEC.toBuilder().prompt("<lora:tiny_lora:1>").build(),
            new GenerationListener() {
              @Override
              public void lorasStart() {
                waits.countDown();
              }

              @Override
              public void generationFailed(Throwable cause) {
                refused.countDown();
              }
            });
    await(waits);
    other.close();
    assertThat(first.join().images()).hasSize(1);
    assertThatThrownBy(second::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(other.liveTensors()).isZero();
  }

  private static GenerationListener meetIn(CountDownLatch bothInside) {
    return new GenerationListener() {
      @Override
      public void stepStart(Step step) {
        bothInside.countDown();
        await(bothInside);
      }
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
