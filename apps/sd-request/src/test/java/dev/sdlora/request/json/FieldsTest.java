package dev.sdlora.request.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\0{}", "\0\0\0{}", "\0{\0}\0", "{\0}", "{\"prompt\": \"a\0b\"}", "{}\0", ""})
  void parse_textWithNul_isNoJson(String text) {
    assertThatThrownBy(() -> Fields.parse(utf8(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .matches("(is not JSON: .*|must be a JSON object)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE", "ISO-8859-1"})
  void parse_anotherEncoding_isNoJson(String charset) {
    byte[] text = "{\"prompt\": \"\u00e9t\u00e9\"}".getBytes(Charset.forName(charset));
    assertThatThrownBy(() -> Fields.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("is not JSON: ");
  }

  @Test
  void parse_utf8WithAndWithoutMark_isRead() {
    assertThat(Fields.parse(utf8("{\"prompt\": \"\u00e9t\u00e9\"}")).text("prompt"))
        .contains("\u00e9t\u00e9");
    assertThat(Fields.parse(utf8("\ufeff{\"prompt\": \"x\"}")).text("prompt")).contains("x");
  }
}
