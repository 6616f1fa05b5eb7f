package dev.sdlora.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.server.Served;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Results of tools as links, for clients that fail on images, such as langchain4j's. */
class McpLinksTest {
  private static ObjectNode arguments() {
    return Served.JSON
        .createObjectNode()
        .put("prompt", "a red star")
        .put("width", 64)
        .put("height", 64)
        .put("steps", 2)
        .put("seed", 5);
  }

  @Test
  void generateImage_asALink_isTextThatOpensWithItsSignatureOrAKeyAlone() {
    try (Pipeline pipeline = Served.pipeline(1);
        Served served = Served.of(pipeline, settings -> settings.bearerToken("sk-1"))) {
      RawMcp client = RawMcp.begin(served, "sk-1");
      JsonNode content = content(client.call("generate_image", arguments().put("result", "link")));
      assertThat(content).extracting(one -> one.get("type").asText()).containsOnly("text");
      String link = content.get(0).get("text").asText();
      String server = served.server.uri().toString();
      assertThat(link).startsWith(server + "/api/jobs/").contains("/images/0?expires=");
      String path = link.substring(server.length());
      String unsigned = path.replaceFirst("[?].*", "");

      byte[] png = png(content(client.call("generate_image", arguments())));
      assertThat(served.sendForBytes(served.request(path)).body()).isEqualTo(png);
      assertThat(
              served
                  .sendForBytes(served.request(unsigned).header("Authorization", "Bearer sk-1"))
                  .body())
          .isEqualTo(png);
      assertThat(served.send(served.request(unsigned)).statusCode()).isEqualTo(401);
      String other = path.endsWith("A") ? "B" : "A";
      String forged =
          path.substring(0, path.length() - 5) + other + path.substring(path.length() - 4);
      assertThat(served.send(served.request(forged)).statusCode()).isEqualTo(403);
      assertThat(content.get(2).get("text").asText()).contains("edit_image: job:");
    }
  }

  private static JsonNode content(List<JsonNode> messages) {
    return messages.get(messages.size() - 1).at("/result/content");
  }

  private static byte[] png(JsonNode content) {
    return Base64.getDecoder().decode(content.get(0).get("data").asText());
  }
}
