package dev.sdlora.server.job.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.request.json.Fields;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RequestKeyTest {
  private static String fingerprint(String json) {
    return RequestKey.fingerprint(Fields.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void fingerprint_fieldsInAnotherOrder_atAnyDepth_isTheSame() {
    assertThat(fingerprint("{\"a\": [{\"x\": 1, \"y\": 2}], \"b\": 3}"))
        .isEqualTo(fingerprint("{\"b\": 3, \"a\": [{\"y\": 2, \"x\": 1}]}"));
  }

  @Test
  void fingerprint_anotherPriority_isTheSame() {
    assertThat(fingerprint("{\"a\": 1, \"priority\": -1}")).isEqualTo(fingerprint("{\"a\": 1}"));
  }

  @Test
  void fingerprint_otherValues_orElements_differ() {
    assertThat(fingerprint("{\"a\": [1, 2]}")).isNotEqualTo(fingerprint("{\"a\": [2, 1]}"));
    assertThat(fingerprint("{\"a\": 1}")).isNotEqualTo(fingerprint("{\"a\": \"1\"}"));
  }
}
