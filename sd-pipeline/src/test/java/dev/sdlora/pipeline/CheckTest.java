package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.ImageSize;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Requests checked without drawing: by the plan that would be drawn. */
class CheckTest {
  private static final TinyPipeline TINY = new TinyPipeline();
  private static final PromptSpec CAT =
      PromptSpec.builder().prompt("a cat").seed(1).steps(1).size(new ImageSize(64, 64)).build();

  @AfterAll
  static void close() {
    TINY.close();
  }

  @Test
  void check_warnings_areThoseOfTheDrawnRequest() {
    PromptSpec spec = CAT.toBuilder().prompt("a (cat <lora:tiny_lora:1:hr=0.5>").build();

    assertThat(TINY.pipeline().check(spec))
        .isNotEmpty()
        .isEqualTo(TINY.pipeline().generate(spec).warnings());
  }

  @Test
  void check_badRequests_failAsWhenDrawn() {
    assertFails("a cat<lora:nobody:1>", LoraException.class);
    assertFails("a cat<lora:tiny_lora:much>", PromptSyntaxException.class);
    PromptSpec huge = CAT.toBuilder().size(new ImageSize(65536, 65536)).build();
    assertThatThrownBy(() -> TINY.pipeline().check(huge)).isInstanceOf(ResourceException.class);
  }

  private static void assertFails(String prompt, Class<? extends Exception> type) {
    PromptSpec spec = CAT.toBuilder().prompt(prompt).build();
    Throwable drawn = null;
    try {
      TINY.pipeline().generate(spec, GenerationListener.NONE);
    } catch (RuntimeException e) {
      drawn = e;
    }
    assertThatThrownBy(() -> TINY.pipeline().check(spec))
        .isInstanceOf(type)
        .hasMessage(String.valueOf(drawn == null ? null : drawn.getMessage()));
  }

  @Test
  void check_takesNoNativeMemory() {
    TINY.pipeline().check(CAT);
    int live = TINY.pipeline().liveTensors();
    TINY.pipeline().check(CAT.toBuilder().prompt("another cat <lora:tiny_lora:1>").build());

    assertThat(TINY.pipeline().liveTensors()).isEqualTo(live);
  }

  /**
   * A listener may take the images, as the server's does, so that the heap never holds them all.
   */
  @Test
  void check_moreImagesThanTheHeapHolds_isAccepted() {
    int bytes = 3 * 64 * 64;
    int images = (int) (Runtime.getRuntime().maxMemory() / bytes) + 1;

    assertThat(TINY.pipeline().check(CAT.toBuilder().images(images).build())).isEmpty();
  }
}
