package dev.sdlora.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.cli.CommandRun;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that text from files cannot control the terminal. */
final class VisibleTextTest {
  /**
   * Writes "pwned" to the clipboard, clears the screen, reverses the text direction and deletes.
   */
  private static final String HOSTILE =
      "\u001b]52;c;cHduZWQ=\u0007\u001b[2J\u202egnp\u009b31m\u007f\r";

  private static final String SHOWN =
      "\\u001b]52;c;cHduZWQ=\\u0007\\u001b[2J\\u202egnp\\u009b31m\\u007f\\u000d";

  @TempDir Path folder;

  @Test
  void of_hostileText_showsEscapes_andKeepsTheRest() {
    assertThat(VisibleText.of("a" + HOSTILE + "z")).isEqualTo("a" + SHOWN + "z");
    String harmless = "tigre d'été\t虎 🐯 👩‍🎨\nnext\r\n";
    assertThat(VisibleText.of(harmless)).isEqualTo(harmless);
  }

  @Test
  void stream_ofTheLogger_showsEscapes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = VisibleText.stream(bytes);
    stream.println("WARN " + HOSTILE + "é");
    new IllegalStateException(HOSTILE).printStackTrace(stream);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .startsWith("WARN " + SHOWN + "é")
        .contains("IllegalStateException: " + SHOWN, "\tat ")
        .doesNotContain("\u001b", "\u0007", "\u009b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "info FILE",
        "info FILE --json",
        "lora list DIR --triggers",
        "lora list DIR --json --triggers",
        "lora info FILE --modules",
        "lora info FILE --json",
        "lora info gone --lora-dir DIR",
        "prompt TEXT",
        "prompt TEXT --json",
        "generate TEXT --steps TEXT",
        "generate TEXT --checkpoint TEXT",
        "info TEXT",
        "--stacktrace info TEXT",
        "TEXT",
        "upscale TEXT",
        "train TEXT --trigger x --out a.safetensors",
        "lora resize TEXT --rank 1 --out a.safetensors"
      })
  void commands_hostileFilesAndArguments_printNoControlCharacters(String call) throws IOException {
    Path file = hostileLora();
    String[] arguments =
        List.of(call.split(" ")).stream()
            .map(
                word ->
                    switch (word) {
                      case "FILE" -> file.toString();
                      case "DIR" -> folder.toString();
                      case "TEXT" -> HOSTILE;
                      default -> word;
                    })
            .toArray(String[]::new);
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.out() + run.err())
        .isNotEmpty()
        .matches(
            text -> text.chars().noneMatch(VisibleTextTest::isObeyed), "no control characters");
    if (call.contains("--json") && run.exitCode() == 0) {
      JsonNode json = new ObjectMapper().readTree(run.out());
      // The parsed JSON contains the text of the file.
      assertThat(json.toString()).contains("\\u001B]52;c;", "\u009b31m\u007f");
    }
  }

  private static boolean isObeyed(int c) {
    return (Character.isISOControl(c) && c != '\n' && c != '\t') || c == '\u202e';
  }

  /** Writes a LoRA with a hostile name, keys, caption tags and metadata. */
  private Path hostileLora() throws IOException {
    Path file = folder.resolve("ink" + HOSTILE + ".safetensors");
    String key = "lora_unet_mid_block_attentions_0_proj_in";
    new SafetensorsWriter()
        .metadata("ss_output_name", "ink" + HOSTILE)
        .metadata("modelspec.title", HOSTILE)
        .metadata("modelspec.trigger_phrase", HOSTILE)
        .metadata("ss_sd_model_name", HOSTILE)
        .tensor(key + ".lora_down.weight", List.of(1L, 4L), new float[4], DType.F32)
        .tensor(key + ".lora_up.weight", List.of(4L, 1L), new float[4], DType.F32)
        .write(file);
    Files.writeString(folder.resolve("bad" + HOSTILE + ".safetensors"), HOSTILE);
    return file;
  }
}
