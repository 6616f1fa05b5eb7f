package dev.sdlora.pipeline.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.pipeline.TinyPipeline;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests listeners that throw any exception in any method. */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class FailingListenerTest {
  private static final PromptSpec INKED =
      TinyPipeline.SPEC.toBuilder()
          .prompt("a cat <lora:tiny_lora:0.8>")
          .loraMode(LoraMode.PATCHED)
          .steps(2)
          .build();

  private static TinyPipeline tiny;

  @BeforeAll
  static void open() {
    tiny = new TinyPipeline();
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  private static Stream<String> callbacks() {
    return Arrays.stream(GenerationListener.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .map(Method::getName)
        .sorted();
  }

  /** Returns a listener that throws in one method and in the method that reports the failure. */
  private static GenerationListener throwing(String method, Throwable failure) {
    return (GenerationListener)
        Proxy.newProxyInstance(
            GenerationListener.class.getClassLoader(),
            new Class<?>[] {GenerationListener.class},
            (proxy, called, arguments) -> {
              if (called.getName().equals(method) || called.getName().equals("generationFailed")) {
                throw failure;
              }
              return called.getReturnType() == boolean.class ? false : null;
            });
  }

  @Test
  void generate_listenerThrowsAnywhere_reachesTheCallerAndLeavesNothing() {
    PromptSpec plain = TinyPipeline.SPEC.toBuilder().steps(1).build();
    byte[] expected = tiny.draw(plain).rgb();
    List<Throwable> failures =
        List.of(
            new IllegalStateException("enough"),
            new AssertionError("enough"),
            new OutOfMemoryError("of a listener"),
            new StackOverflowError("of a listener"));
    for (String callback : callbacks().filter(name -> !name.equals("generationFailed")).toList()) {
      for (Throwable failure : failures) {
        GenerationListener listener = throwing(callback, failure);
        assertThatThrownBy(() -> tiny.pipeline().generate(INKED, listener))
            .as(callback)
            .isSameAs(failure);
      }
    }
    assertThat(tiny.draw(plain).rgb()).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("secondFailures")
  void generate_generationFailedThrows_isAddedToTheFailure(Throwable second) {
    GenerationListener listener =
        new GenerationListener() {
          @Override
          public void lorasStart() {
            throw new IllegalStateException("first");
          }

          @Override
          public void generationFailed(Throwable cause) {
            FailingListenerTest.<RuntimeException>sneak(second);
          }
        };
    assertThatThrownBy(() -> tiny.pipeline().generate(INKED, listener))
        .hasMessage("first")
        .hasSuppressedException(second);
  }

  private static Stream<Throwable> secondFailures() {
    return Stream.of(
        new IllegalArgumentException("second"),
        new AssertionError("second"),
        new LinkageError("second"),
        new Exception("second, not declared"));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> void sneak(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  void generate_listenerTakesImages_resultKeepsNone() {
    PromptSpec batch = TinyPipeline.SPEC.toBuilder().steps(1).images(3).build();
    List<GeneratedImage> taken = new ArrayList<>();
    GenerationResult result =
        tiny.pipeline().generate(batch, GenerationListener.taking(taken::add));
    assertThat(result.images()).isEmpty();
    assertThatThrownBy(result::first)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("listener took");
    List<GeneratedImage> kept = tiny.pipeline().generate(batch).images();
    assertThat(taken).hasSameSizeAs(kept);
    for (int i = 0; i < 3; i++) {
      assertThat(taken.get(i).rgb()).isEqualTo(kept.get(i).rgb());
    }
  }
}
