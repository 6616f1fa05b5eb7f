package dev.sdlora.request.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\": 1 | Unexpected end-of-input: expected close marker for Object (opened at line 1,"
            + " column 1) (line 1, column 8)",
        "{\"a\": [1} | Unexpected close marker '}': expected ']' (opened at line 1, column 7)"
            + " (line 1, column 9)",
        "{a: 1} | Unexpected character 'a': was expecting double-quote to start field name (line 1,"
            + " column 2)",
        "{\"a\": tru} | Unrecognized token 'tru': was expecting (JSON String, Number, Array, Object"
            + " or token 'null', 'true' or 'false') (line 1, column 7)",
        "{\"a\": 1, \"a\": 2} | Duplicate field 'a' (line 1, column 13)",
        "{\"a\": 1} {} | Trailing token after the value (line 1, column 10)",
        "{\"a\": +1} | Unexpected character '+' in numeric value: JSON spec does not allow numbers"
            + " to have plus signs (line 1, column 8)",
        "{\"a\": \"\t\"} | Illegal unquoted character (code 9): has to be escaped using backslash to"
            + " be included in string value (line 1, column 8)",
        "/* */{} | Unexpected character '/': maybe a (non-standard) comment? (line 1, column 1)"
      })
  void parse_mistake_isASentenceWithItsPlace(String text, String sentence) {
    assertThatThrownBy(() -> Fields.parse(utf8(text))).hasMessage("is not JSON: " + sentence);
  }

  @Test
  void parse_nestedTooDeep_namesTheLimitAlone() {
    assertThatThrownBy(() -> Fields.parse(utf8("{\"a\":" + "[".repeat(200))))
        .hasMessage(
            "is not JSON: Document nesting depth (101) exceeds the maximum allowed (100) (line 1,"
                + " column 1)");
  }

  @Test
  void parse_utf8WithAndWithoutMark_isRead() {
    assertThat(Fields.parse(utf8("{\"prompt\": \"\u00e9t\u00e9\"}")).text("prompt"))
        .contains("\u00e9t\u00e9");
    assertThat(Fields.parse(utf8("\ufeff{\"prompt\": \"x\"}")).text("prompt")).contains("x");
  }
}
