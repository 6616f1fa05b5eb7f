package dev.sdlora.server.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of API keys. */
@SuppressWarnings("NullAway.Init")
class KeyFileTest {
  @TempDir Path folder;

  private Path write(String json) {
    try {
      return Files.writeString(folder.resolve("keys.json"), json.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Keys keys(Path file) {
    return new Keys(List.of(), Optional.of(KeyFile.open(file)));
  }

  @Test
  void open_readsAllFields() {
    String hash = Key.hash("sk-print-1");
    Keys keys =
        keys(
            write(
                "[{'name': 'web', 'key': 'sk-web-01', 'priority': 5, 'jobsPerMinute': 30,"
                    + " 'maxJobs': 8, 'imagesPerDay': 1000, 'private': true},"
                    + " {'name': 'print', 'sha256': '"
                    + hash
                    + "', 'priority': -1}]"));
    assertThat(keys.find("sk-web-01"))
        .hasValue(new Key("web", Key.hash("sk-web-01"), 5, 30, 8, 1000, true));
    assertThat(keys.find("sk-print-1")).hasValue(new Key("print", hash, -1, 0, 0, 0, false));
    assertThat(keys.find("sk-other")).isEmpty();
    assertThat(keys.find(hash)).isEmpty();
  }

  @Test
  void changed_isReadAgain_brokenKeepsTheKeys() throws IOException {
    Path file = write("[{'name': 'a', 'key': 'sk-secret-1'}]");
    Keys keys = keys(file);
    write("[{'name': 'a', 'key': 'sk-secret-2 '}, ");
    assertThat(keys.find("sk-secret-1")).isPresent();
    write("[{'name': 'b', 'key': 'sk-secret-33'}]");
    assertThat(keys.find("sk-secret-1")).isEmpty();
    assertThat(keys.find("sk-secret-33").orElseThrow().name()).isEqualTo("b");
    Files.delete(file);
    assertThat(keys.find("sk-secret-33")).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | a list such as",
        "[{'name': 'a', 'key': sk-secret-1}] | is no JSON, or repeats a field, at line 1, column",
        "[{'name': 'a', 'name': 'a'}] | repeats a field, at line 1",
        "[{'name': 'a', 'key': 'sk-secret-1'}] [] | is no JSON",
        "[3] | entry 1 is no object",
        "[{'key': 'sk-secret-1'}] | entry 1 must have a 'name'",
        "[{'name': ' ', 'key': 'sk-secret-1'}] | the name of an API key must have",
        "[{'name': 'a'}] | API key 'a' must have either 'key' or 'sha256'",
        "[{'name': 'a', 'key': 'sk-secret 1'}] | API key 'a' must have at least 8 characters",
        "[{'name': 'a', 'sha256': 'sk-secret-1'}] | 'sha256' of API key 'a' must have 64",
        "[{'name': 'a', 'key': 'sk-secret-1', 'maxjobs': 1}] | unknown field 'maxjobs'; the fields",
        "[{'name': 'a', 'key': 'sk-secret-1', 'maxJobs': 0}] | 'maxJobs' of API key 'a' must be at",
        "[{'name': 'a', 'key': 'sk-secret-1', 'maxJobs': 1.5}] | must be a whole number",
        "[{'name': 'a', 'key': 'sk-secret-1', 'priority': 101}] | must be from -100 to 100: 101",
        "[{'name': 'a', 'key': 'sk-secret-1', 'private': 1}] | must be true or false",
        "[{'name': 'a', 'key': 'sk-secret-1'}, {'name': 'a', 'key': 'sk-secret-2'}] | have the"
            + " name",
        "[{'name': 'a', 'key': 'sk-secret-1'}, {'name': 'b', 'key': 'sk-secret-1'}] | are the same",
      })
  void open_broken_saysWhy_andNoKey(String json, String why) {
    Path file = write(json);
    assertThatThrownBy(() -> KeyFile.open(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the API keys in")
        .hasMessageContaining(why)
        .hasMessageNotContaining("secret");
  }

  @Test
  void open_missing_saysSo() {
    assertThatThrownBy(() -> KeyFile.open(folder.resolve("none.json")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot read the API keys in")
        .hasMessageContaining("NoSuchFile");
  }
}
