package dev.sdlora.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a manifest says, each of its lines becomes requests or errors of its own. */
final class ManifestPropertyTest {
  private static final Manifest.Limits LIMITS = new Manifest.Limits(5000, 50, 1000, 1 << 20);

  @Provide
  Arbitrary<List<String>> lines() {
    Arbitrary<String> parts =
        Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"prompt\"",
            "\"id\"",
            "\"lora\"",
            "\"size\"",
            "\"seed\"",
            "\"images\"",
            "\"defaults\"",
            "\"checkpoint\"",
            "\"64x64\"",
            "\"a\"",
            "\"a\"",
            "1",
            "-1",
            "1e999999999",
            "null",
            "NaN",
            "\0",
            "\ufeff",
            "\u2028",
            "\ud800",
            " ");
    Arbitrary<String> loose = parts.list().ofMaxSize(12).map(list -> String.join("", list));
    Arbitrary<String> values =
        Arbitraries.of(
            "1",
            "-1",
            "1.5",
            "1e999999999",
            "NaN",
            "null",
            "\"a\"",
            "\"64x64\"",
            "[]",
            "[1,2]",
            "[[\"a\"],[\"b\"]]",
            "[[[1]]]",
            "{}",
            "{\"path\":\"a\"}",
            "\"../x\"",
            "\"con\"");
    Arbitrary<String> whole =
        Arbitraries.maps(
                Arbitraries.of(
                    "prompt",
                    "negative",
                    "id",
                    "lora",
                    "size",
                    "width",
                    "seed",
                    "images",
                    "cfg",
                    "defaults",
                    "checkpoint",
                    "init_images",
                    "infotext",
                    "override_settings"),
                values)
            .ofMaxSize(4)
            .map(
                fields ->
                    "{"
                        + String.join(
                            ",",
                            fields.entrySet().stream()
                                .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                                .toList())
                        + "}");
    return Arbitraries.oneOf(loose, whole).list().ofMaxSize(6);
  }

  @Property(tries = 2000)
  void manifest_isRead_andTheLastLineToo(@ForAll("lines") List<String> lines) throws IOException {
    String text = String.join("\n", lines) + "\n{\"defaults\": {}}\n{\"prompt\": \"the last\"}\n";
    List<BatchRequest> requests =
        Manifest.read(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            Optional.of("demo"),
            LIMITS);
    assertThat(requests).last().matches(last -> last.error().isEmpty());
    for (BatchRequest request : requests) {
      request
          .error()
          .ifPresent(error -> assertThat(error).startsWith("line ").hasSizeLessThan(9999));
    }
  }
}
