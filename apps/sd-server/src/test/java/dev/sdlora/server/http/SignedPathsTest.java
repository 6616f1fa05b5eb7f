package dev.sdlora.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.server.http.SignedPaths.Finding;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class SignedPathsTest {
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:01Z");
  private static final String PATH = "/api/jobs/1/images/0";
  private final byte[] key = SignedPaths.randomKey();
  private final SignedPaths signed = at(NOW);

  private SignedPaths at(Instant time) {
    return new SignedPaths(key, InstantSource.fixed(time));
  }

  @Test
  void path_isValidForAnHour_onEveryServerWithTheKey() {
    String query = "format=png&" + signed.sign(PATH);
    assertThat(at(NOW).check(PATH, query)).isEqualTo(Finding.VALID);
    assertThat(at(NOW.plus(Duration.ofHours(1))).check(PATH, query)).isEqualTo(Finding.VALID);
    assertThat(at(NOW.plus(Duration.ofMinutes(66))).check(PATH, query)).isEqualTo(Finding.EXPIRED);
    assertThat(
            new SignedPaths(SignedPaths.randomKey(), InstantSource.fixed(NOW)).check(PATH, query))
        .isEqualTo(Finding.WRONG);
  }

  @Test
  void address_staysTheSameForMinutes() {
    assertThat(at(NOW.plusSeconds(200)).sign(PATH)).isEqualTo(signed.sign(PATH));
  }

  @Test
  void otherPathsAndTimes_areWrong() {
    String query = signed.sign(PATH);
    assertThat(signed.check("/api/jobs/1/images/1", query)).isEqualTo(Finding.WRONG);
    assertThat(signed.check(PATH, query.replace("expires=1", "expires=2")))
        .isEqualTo(Finding.WRONG);
    assertThat(signed.check(PATH, query.replaceFirst("expires=\\d+&", "")))
        .isEqualTo(Finding.WRONG);
    assertThat(signed.check(PATH, "signature=")).isEqualTo(Finding.WRONG);
    assertThat(signed.check(PATH, "format=png")).isEqualTo(Finding.UNSIGNED);
    assertThat(signed.check(PATH, null)).isEqualTo(Finding.UNSIGNED);
  }

  @Test
  void escapes_doNotMatter() {
    String query = signed.sign("/api/gallery/a%20b%28c%29+d%.png");
    assertThat(signed.check("/api/gallery/a%20b%28c%29+d%.png", query)).isEqualTo(Finding.VALID);
    String plain = signed.sign("/api/gallery/a%20b%28c%29+%C3%BC.png");
    assertThat(signed.check("/api/gallery/a b(c)%2B\u00fc.png", plain)).isEqualTo(Finding.VALID);
  }

  @Property(tries = 300)
  void everyChangeOfACharacter_isWrong(
      @ForAll @NotEmpty String path, @ForAll @IntRange(min = 0, max = 1000) int at) {
    String query = signed.sign(path);
    int place = at % query.length();
    char other = query.charAt(place) == '7' ? '8' : '7';
    String changed = query.substring(0, place) + other + query.substring(place + 1);
    assertThat(signed.check(path, query)).isEqualTo(Finding.VALID);
    assertThat(signed.check(path, changed)).isNotEqualTo(Finding.VALID);
  }
}
