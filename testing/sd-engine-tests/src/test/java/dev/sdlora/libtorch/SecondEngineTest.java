package dev.sdlora.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.testkit.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The second engine where it is the only one: chosen without being named, and without leaks. */
final class SecondEngineTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(1).build();

  @Test
  void build_withoutNames_usesTheOnlyEngine() {
    try (Pipeline pipeline = builder().build()) {
      byte[] plain = pipeline.generate(SPEC).first().image().rgb();
      byte[] changed =
          pipeline
              .generate(SPEC.toBuilder().prompt("a cat <lora:tiny_lora:1>").build())
              .first()
              .image()
              .rgb();
      assertThat(changed).isNotEqualTo(plain);
      assertThat(pipeline.generate(SPEC).first().image().rgb()).isEqualTo(plain);
    }
    assertThat(DeviceInfo.of("auto").device()).isEqualTo("cpu");
    assertThat(DeviceInfo.of("cpu").engine()).startsWith("libtorch 2.10.0 (cpu) from the class");
  }

  @Test
  void build_otherEngineOrDevice_saysInOneSentenceWhatIsMissing() {
    assertThat(DeviceInfo.of("auto").device()).isEqualTo("cpu");
    assertThatThrownBy(() -> builder().engine("djl").build())
        .isInstanceOf(StableDiffusionException.class)
        .hasMessage(
            "engine 'djl' cannot start because 'libtorch' computes in this process, which can load"
                + " only one libtorch; name the engine for the first pipeline, or set"
                + " SDLORA_ENGINE");
    assertThatThrownBy(() -> builder().engine("onnx").build())
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContaining("there is no engine 'onnx' on the class path: expected djl or ");
    assertThatThrownBy(() -> builder().device("cuda:1").build())
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContainingAll(
            "there is no GPU 1: libtorch 2.10.0 (cpu) ",
            "finds 0 NVIDIA GPUs; GPUs need the dependency org.bytedeco:pytorch with the",
            "-gpu");
    assertThatThrownBy(() -> builder().device("mps").build())
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContainingAll("there is no device 'mps': ", "mps needs an Apple processor");
  }

  @Test
  void generate_failsOrSucceeds_leavesNoNativeObjects() {
    try (Pipeline pipeline = builder().build()) {
      pipeline.generate(SPEC);
      long before = Pointer.totalCount();
      for (int i = 0; i < 5; i++) {
        pipeline.generate(SPEC.toBuilder().prompt("a cat <lora:tiny_lora:0.5>").build());
        pipeline.generate(SPEC.toBuilder().size(64 + 64 * (i % 2), 64).build());
        assertThatThrownBy(
                () -> pipeline.generate(SPEC.toBuilder().prompt("<lora:missing:1>").build()))
            .isInstanceOf(StableDiffusionException.class);
      }
      pipeline.generate(SPEC);
      assertThat(Pointer.totalCount()).isEqualTo(before);
    }
  }

  /** A leak with changing shapes is reported for libtorch. */
  @Test
  @Tag("slow")
  void generate_thousandRequestsOfChangingSizes_keepMemoryFlat() throws IOException {
    Random random = new Random(1);
    try (Pipeline pipeline = builder().build()) {
      draw(pipeline, random, 200);
      long before = residentPages();
      draw(pipeline, random, 800);
      assertThat(residentPages()).isLessThan(before + before / 10);
    }
  }

  private static void draw(Pipeline pipeline, Random random, int requests) {
    for (int i = 0; i < requests; i++) {
      pipeline.generate(
          SPEC.toBuilder()
              .size(64 + 8 * random.nextInt(17), 64 + 8 * random.nextInt(17))
              .steps(1)
              .build());
    }
  }

  private static long residentPages() throws IOException {
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1]);
  }

  private static Pipeline.Builder builder() {
    return Pipeline.builder()
        .checkpoint(Checkpoint.open(TinyModels.CHECKPOINT))
        .loraDirectory(TinyModels.LORAS);
  }
}
