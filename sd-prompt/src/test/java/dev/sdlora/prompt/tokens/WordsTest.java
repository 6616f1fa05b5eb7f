package dev.sdlora.prompt.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The expected values come from Python 3.11 with the module {@code regex}. */
class WordsTest {

  static Arguments[] references() {
    return new Arguments[] {
      Arguments.of("a&b & &; &", "a&b & &; &"),
      Arguments.of("&amp;&amp&AMP;&lt;b", "&&&<b"),
      Arguments.of("&notit; &notin; &ampere; &nosuchname;", "\u00acit; \u2209 &ere; &nosuchname;"),
      Arguments.of("&acE;&NotEqualTilde;", "\u223e\u0333\u2242\u0338"),
      Arguments.of("&ampabcdefghijklmnopqrstuvwxyz0123456;", "&abcdefghijklmnopqrstuvwxyz0123456;"),
      Arguments.of("&CounterClockwiseContourIntegral;", "\u2233"),
      Arguments.of("&#65;&#65&#x41;&#X4a&#x;&#;&#\u0661;", "AAAJ&#x;&#;&#\u0661;"),
      Arguments.of("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\ufffd\ufffd\ufffd\ufffd"),
      Arguments.of("[&#1;&#11;&#x7f;&#xfdd0;&#x1ffff;]", "[]"),
      Arguments.of("&#9;&#10;&#12;&#13;&#128512;", "\t\n\f\r\ud83d\ude00"),
      Arguments.of("&#128;&#x81;&#159;", "\u20ac\u0081\u0178"),
      Arguments.of("&lt&#59;&lt;", "<;<"),
    };
  }

  @ParameterizedTest
  @MethodSource("references")
  void unescape_reference_isPythons(String text, String expected) {
    assertThat(HtmlReferences.unescape(text)).isEqualTo(expected);
  }

  static Arguments[] cleaned() {
    return new Arguments[] {
      Arguments.of(" \u001c a\u0085\u00a0 \u2028b\u001dc \u001f", "a b\u001dc"),
      Arguments.of("a\u200bb\u180ec\ufeff", "a\u200bb\u180ec\ufeff"),
      Arguments.of("a &amp;amp;amp; b&nbsp;c &#32;", "a &amp; b c"),
      Arguments.of("\u0130I\u1e9e\u01c5\u2167\u24b6", "i\u0307i\u00df\u01c6\u2177\u24d0"),
      Arguments.of(
          "\u039f\u03a3 \u039f\u03a3\u0391 \u03a3", "\u03bf\u03c2 \u03bf\u03c3\u03b1 \u03c3"),
      Arguments.of(
          "A'\u03a3. A\u03a3'a 1\u03a3 A\u0301\u03a3\u0301",
          "a'\u03c2. a\u03c3'a 1\u03c3 a\u0301\u03c2\u0301"),
      Arguments.of(
          "A.\u03a3 A-\u03a3 A\u03a3-a A\u03a3:a \u24b6\u03a3",
          "a.\u03c2 a-\u03c3 a\u03c2-a a\u03c3:a \u24d0\u03c2"),
    };
  }

  @ParameterizedTest
  @MethodSource("cleaned")
  void clean_oddSpacesAndCases_areHandledAsInPython(String text, String expected) {
    assertThat(Words.clean(text)).isEqualTo(expected);
  }

  static Arguments[] cuts() {
    return new Arguments[] {
      Arguments.of("it's it'\u017f 'tis", List.of("it", "'s", "it", "'\u017f", "'t", "is")),
      Arguments.of("''re I'd!'s", List.of("''", "re", "i", "'d", "!'", "s")),
      Arguments.of("a12b \u00bd\u2167", List.of("a", "1", "2", "b", "\u00bd", "\u2177")),
      Arguments.of("<|endoftext|>!", List.of("<|", "endoftext", "|>!")),
      Arguments.of(
          "e\u0301e a\u001d\u200db", List.of("e", "\u0301", "e", "a", "\u001d\u200d", "b")),
      Arguments.of("\u03b1\u0345!\u0345", List.of("\u03b1", "!")),
      Arguments.of("\u65e5\u672c\u3001\u8a9e", List.of("\u65e5\u672c", "\u3001", "\u8a9e")),
      Arguments.of("\ud83d\ude00! \ud840\udc00a", List.of("\ud83d\ude00!", "\ud840\udc00a")),
    };
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void of_text_isCutWhereTheClassChanges(String text, List<String> expected) {
    assertThat(Words.of(text)).isEqualTo(expected);
  }
}
