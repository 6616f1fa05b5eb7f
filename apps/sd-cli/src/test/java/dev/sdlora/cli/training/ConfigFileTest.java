package dev.sdlora.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.cli.CommandRun;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sd train --config}: what is read, what replaces it, and mistakes. */
class ConfigFileTest {
  @TempDir private Path folder;

  private Path images;

  @BeforeEach
  void images() throws IOException {
    images = Files.createDirectory(folder.resolve("my stars"));
    ImageIO.write(
        new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB),
        "png",
        images.resolve("a.png").toFile());
  }

  private CommandRun plan(String name, String text, String... options) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    List<String> words = new ArrayList<>(List.of("train", "--config", file.toString(), "--plan"));
    words.addAll(List.of(options));
    return CommandRun.of(words.toArray(String[]::new));
  }

  private String toml(String more) {
    return """
        images = '%s'
        trigger = "star"

        [output]
        out = '%s'
        %s
        """
        .formatted(images, folder.resolve("star.safetensors"), more);
  }

  @Test
  void toml_isWholeCommand() throws IOException {
    CommandRun run = plan("c.toml", toml("steps = 7\nlearning_rate = 1e-3\nbuckets = false"));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("steps   7 of");
  }

  @Test
  void json_isWholeCommand() throws IOException {
    String json =
        "{\"images\": \"%s\", \"trigger\": \"star\", \"output\": {\"out\": \"%s\", \"steps\": 7}}";

    CommandRun run = plan("c.json", json.formatted(images, folder.resolve("star.safetensors")));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("steps   7 of");
  }

  @Test
  void commandLine_replacesTheFile() throws IOException {
    CommandRun run =
        plan("c.toml", toml("steps = 7").replace("my stars", "no"), images.toString(), "--steps=9");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("steps   9 of");
  }

  @Test
  void list_isOptionWithSeveralValues() throws IOException {
    CommandRun run =
        plan(
            "c.toml",
            toml(
                """
                steps = 7
                sample = "a star"
                sample_weights = [0, 0.5, 1]
                rules = ["IN04=rank:8,lr:0.5", "OUT01=off"]
                """));

    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "rnk = 3                | c.toml: unknown key 'rnk'; did you mean '--rank'?",
        "network_dim = 3        | c.toml: unknown key 'network_dim'; did you mean '--rank'?",
        "config = 'd.toml'      | c.toml: unknown key 'config'",
        "rank = 0               | c.toml: --rank must be from 1 to 1024: 0",
        "rank = 'x'             | c.toml: --rank must be a whole number: 'x'",
        "buckets = 1            | c.toml: buckets must be true or false: 1",
        "rank = [{a = 1}]       | c.toml: rank must be a text, a number, true, false or a list of",
        "trigger = 'twice'      | c.toml: trigger is given twice",
        "rank = 3 4             | c.toml: More data after value has already ended",
      })
  void mistake_namesFileAndKey(String line, String sentence) throws IOException {
    CommandRun run = plan("c.toml", toml(line));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("sd: " + sentence).contains("Try 'sd train --help'.");
  }

  @Test
  void mistakeOnTheCommandLine_isNotTheFiles() throws IOException {
    CommandRun run = plan("c.toml", toml("rank = 4"), "--rank", "0");

    assertThat(run.err()).startsWith("sd: --rank must be");
  }

  @Test
  void noFile_isReported() {
    CommandRun run = CommandRun.of("train", "--config", "missing.toml");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("sd: --config: there is no file missing.toml");
  }

  @Test
  void noTable_isReported() throws IOException {
    CommandRun run = plan("c.json", "[1]");

    assertThat(run.err()).startsWith("sd: c.json: must be an object");
  }
}
