package dev.sdlora.tensors.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsJsonTest {
  @TempDir private Path folder;

  private Path file(String text, Charset charset) throws IOException {
    return Files.write(folder.resolve("config.json"), text.getBytes(charset));
  }

  @Test
  void read_markOfWindows_isSkipped() throws IOException {
    Path file = file("\ufeff{\"name\": \"\u00e9t\u00e9\"}", StandardCharsets.UTF_8);
    assertThat(SettingsJson.read(file).path("name").textValue()).isEqualTo("\u00e9t\u00e9");
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-32BE, Illegal character",
    "UTF-16BE, Illegal character",
    "UTF-16, it is not UTF-8"
  })
  void read_anotherEncoding_isRefusedInOneLine(String charset, String reason) throws IOException {
    Path file = file("{\"name\": \"a\"}", Charset.forName(charset));
    IOException refusal = catchThrowableOfType(IOException.class, () -> SettingsJson.read(file));
    assertThat(SettingsJson.reason(refusal)).startsWith(reason).doesNotContain("\n");
  }
}
