package dev.sdlora.onnx.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YoloNamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{0: 'face'} | face",
        "{0: 'a', 1: \"b's\", 2: 'c \\'d\\''} | a;b's;c 'd'",
        "{0: 'a', 2: 'c'} | a",
        "{1: 'b'} | ``",
        "['a', 'b'] | ``",
        "{0: 'open | ``",
        "`` | ``",
      })
  void parse_text_isAPythonDictionary(String text, String names) {
    assertThat(String.join(";", YoloNames.parse(text))).isEqualTo(names);
  }

  @Property(tries = 200)
  void parse_written_isTheSame(@ForAll @Size(max = 20) List<String> names) {
    String text =
        IntStream.range(0, names.size())
            .mapToObj(i -> i + ": '" + names.get(i).replaceAll("(['\\\\])", "\\\\$1") + "'")
            .collect(Collectors.joining(", ", "{", "}"));
    assertThat(YoloNames.parse(text)).isEqualTo(names);
  }

  @Property(tries = 500)
  void parse_anyText_neverFails(@ForAll String text) {
    assertThat(YoloNames.parse(text)).isNotNull();
  }
}
