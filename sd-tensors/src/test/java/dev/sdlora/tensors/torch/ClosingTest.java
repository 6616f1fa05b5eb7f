package dev.sdlora.tensors.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTest {
  private final List<String> closed = new ArrayList<>();

  @Test
  void all_someThrow_closesTheOthersAndThrowsTheFirst() {
    RuntimeException first = new IllegalStateException("first");
    Error second = new AssertionError("second");

    assertThatThrownBy(
            () ->
                Closing.all(
                    () -> closed.add("a"),
                    () -> {
                      throw first;
                    },
                    () -> closed.add("b"),
                    () -> {
                      throw second;
                    },
                    () -> closed.add("c")))
        .isSameAs(first)
        .hasSuppressedException(second);
    assertThat(closed).containsExactly("a", "b", "c");
  }

  @Test
  void all_theSameExceptionTwice_throwsItOnce() {
    RuntimeException same = new IllegalStateException("same");
    Closing.Step failing =
        () -> {
          throw same;
        };

    assertThatThrownBy(() -> Closing.all(failing, failing))
        .isSameAs(same)
        .hasNoSuppressedExceptions();
  }

  @Test
  void all_nothingThrows_closesInOrder() {
    Closing.all(List.of("a", "b"), closed::add);

    assertThat(closed).containsExactly("a", "b");
  }
}
