package dev.sdlora.pipeline.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.tensors.torch.Torch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the exceptions that callers get for internal failures. */
class FailuresTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(640, 512).images(3).build();
  private static final String NUMBERS = "in a request for 3 images of 640x512";

  @Test
  void of_engineWithoutMemory_isAResourceException() {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      Throwable thrown = catchThrowable(() -> scope.zeros(new Shape(1L << 45)));
      assertThat(thrown).isInstanceOf(EngineException.class);
      assertThat(Failures.of(thrown, SPEC))
          .isInstanceOf(ResourceException.class)
          .hasMessageContaining(NUMBERS)
          .hasMessageContaining("allocate")
          .hasCause(thrown);
      assertThat(Failures.of(thrown, SPEC).getMessage()).doesNotContain("\n", "frame #");
    }
  }

  @Test
  void of_shapesThatDoNotFit_isOneSentence() {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      NDArray two = scope.ones(new Shape(2, 2));
      NDArray three = scope.ones(new Shape(3, 3));
      Throwable thrown = catchThrowable(() -> two.matMul(three));
      assertThat(thrown).isInstanceOf(EngineException.class);
      assertThat(Failures.of(thrown, SPEC))
          .isExactlyInstanceOf(StableDiffusionException.class)
          .hasMessageContaining("libtorch failed " + NUMBERS);
      assertThat(Failures.of(thrown, SPEC).getMessage()).doesNotContain("\n");
    }
  }

  private static List<Throwable> undocumented() {
    return List.of(
        new NumberFormatException("x"),
        new ArithmeticException("/ by zero"),
        new ArrayIndexOutOfBoundsException(3),
        new NegativeArraySizeException("-5"),
        new NullPointerException(),
        new StackOverflowError(),
        new InternalError("a fault occurred in an unsafe memory access operation"));
  }

  @ParameterizedTest
  @MethodSource("undocumented")
  void of_whatNoDocumentNames_isThisLibrarysException(Throwable cause) {
    assertThat(Failures.of(cause, SPEC))
        .isExactlyInstanceOf(StableDiffusionException.class)
        .hasMessageContaining(NUMBERS)
        .hasCause(cause);
  }

  @Test
  void of_heapThatRanOut_saysHowLargeItIs() {
    assertThat(Failures.of(new OutOfMemoryError("Java heap space"), SPEC))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("Java heap space")
        .hasMessageContaining("-Xmx");
  }

  private static List<Throwable> documented() {
    return List.of(
        new LoraException("unknown", LoraException.Reason.UNKNOWN),
        new IllegalArgumentException("clipSkip"),
        new IllegalStateException("closed"),
        new AssertionError("not ours"));
  }

  @ParameterizedTest
  @MethodSource("documented")
  void of_documentedFailures_stayAsTheyAre(Throwable cause) {
    assertThat(Failures.of(cause, SPEC)).isSameAs(cause);
  }
}
