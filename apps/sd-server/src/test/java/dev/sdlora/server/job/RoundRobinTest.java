package dev.sdlora.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The place of a new job among those of its priority; a letter is the API key of a job. */
class RoundRobinTest {
  @ParameterizedTest
  @CsvSource(
      value = {
        // key, running, waiting, waiting with the new job
        "b, a, aaaaaaa, baaaaaaa",
        "b, '', aaaa, abaaa",
        "b, a, baaa, baba a",
        "a, a, bbb, bbab",
        "a, a, bb, bba",
        "c, ab, aabb, caabb",
        "a, '', '', a",
        "a, a, aaa, aaaa",
        "b, b, aaaa, aabaa"
      })
  void place_ofANewJob_isWhereItsKeyHasItsTurn(
      String key, String running, String waiting, String expected) {
    List<Optional<String>> line = new ArrayList<>(owners(waiting));
    line.add(RoundRobin.place(Optional.of(key), owners(running), line), Optional.of(key));
    assertThat(String.join("", line.stream().map(Optional::orElseThrow).toList()))
        .isEqualTo(expected.replace(" ", ""));
  }

  private static List<Optional<String>> owners(String keys) {
    return keys.chars().mapToObj(key -> Optional.of(Character.toString(key))).toList();
  }
}
