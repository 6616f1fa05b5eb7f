package dev.sdlora.server.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class LoraEditTest {
  private static final OptionalDouble ADVISED = OptionalDouble.empty();

  @TempDir static Path folder;
  private static LoraLibrary loras;
  private static LoraAdapter pen;

  /** A LoRA file named "pen", called "zorp" by its trainer, with recommendations. */
  @BeforeAll
  static void write() throws IOException {
    Files.copy(DemoModel.loras().resolve("zorp.safetensors"), folder.resolve("pen.safetensors"));
    Files.writeString(
        folder.resolve("pen.json"),
        """
        {"activation text": "pen drawing, zorp", "preferred weight": 0.7, "negative text": "colours"}
        """);
    loras = LoraLibrary.open(folder);
    pen = loras.find("pen");
  }

  private static LoraEdit edit(String prompt) {
    return new LoraEdit(unescaped(prompt), "");
  }

  private static String unescaped(String text) {
    return text.replace("\\n", "\n");
  }

  @Test
  void with_advice_isPutIn() {
    LoraEdit with = edit("a cat").with(pen, ADVISED, loras);

    assertThat(with.prompt()).isEqualTo("a cat <lora:pen:0.7> pen drawing, zorp");
    assertThat(with.negativePrompt()).isEqualTo("(colours:1)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          ''                     ! <lora:pen:-0.25> pen drawing, zorp
          a zorp                 ! a zorp <lora:pen:-0.25>
          a cat # note           ! a cat # note\\n<lora:pen:-0.25> pen drawing, zorp
          <lora:pen:0.7> b       ! <lora:pen:-0.25> b
          <lora:zorp> b          ! <lora:zorp:-0.25> b
          <lyco:pen:1:2> b       ! <lyco:pen:-0.25> b
          <lora:pen:te=1:lbw=MIDD> ! <lora:pen:-0.25:lbw=MIDD>
          <lora:pen:0@0,1@1>     ! <lora:pen:-0.25>
          <lora:pen:1><lora:pen:2> ! <lora:pen:-0.25><lora:pen:-0.25>
          <lora:other:1> zorp    ! <lora:other:1> zorp <lora:pen:-0.25>
          """)
  void with_weight_changesItsTagsAlone(String prompt, String expected) {
    assertThat(edit(prompt).with(pen, OptionalDouble.of(-0.25), loras).prompt())
        .isEqualTo(unescaped(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a cat",
        "a cat,",
        "a cat, ",
        "a cat\\n",
        "a # note",
        "(a cat:1.2) AND b",
        "a <lora:x:1>"
      })
  void without_whatWasPutIn_givesThePromptBack(String prompt) {
    LoraEdit before = new LoraEdit(unescaped(prompt), "bad");

    LoraEdit after = before.with(pen, ADVISED, loras).without(pen, loras);

    assertThat(after.prompt().strip()).isEqualTo(before.prompt().strip());
    assertThat(after.negativePrompt()).isEqualTo("bad");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          a, <lora:pen:1>, b                     ! a, b
          a <lora:pen:0.3> pen drawing, zorp, b  ! a, b
          <lora:pen:1> pen drawing, mine         ! pen drawing, mine
          <lora:zorp:1> a <lora:pen:2>           ! a
          a (b <lora:pen:1>) c                   ! a (b ) c
          a <lora:pencil:1>                      ! a <lora:pencil:1>
          """)
  void without_tagsInAText_leaveItWhole(String prompt, String expected) {
    assertThat(edit(prompt).without(pen, loras).prompt()).isEqualTo(expected);
  }
}
