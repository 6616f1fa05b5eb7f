package dev.sdlora.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.RequestLimits;
import dev.sdlora.server.http.ErrorMessages;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** The limits of the transports, with tools that have no model. */
class TransportsTest {
  private static Tools tools() {
    return new Tools(
        () -> {
          throw new AssertionError("no model");
        },
        () -> new ErrorMessages(List.of()),
        RequestLimits.DEFAULTS,
        client -> {},
        false,
        Schedulers.immediate());
  }

  private static List<String> answers(String input, int mostBytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Tools tools = tools();
    LineTransport lines =
        new LineTransport(
            tools,
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            out,
            mostBytes);
    tools.build(McpServer.async(lines));
    lines.run();
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void line_tooLong_isRefusedAndSkipped() {
    String next = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}";
    List<String> answers = answers("x".repeat(101) + "\n" + next + "\n", 100);
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0)).contains("-32600", "the message has more than 100 bytes");
    assertThat(answers.get(1)).contains("\"id\":1", "-32602");
  }

  @Test
  void line_withoutAnEnd_isRead() {
    assertThat(answers("nonsense", 100)).singleElement().asString().contains("-32700");
  }

  @Test
  void sessions_moreThanTheLimit_dropTheLeastRecentlyUsedWithoutCalls() {
    Sessions sessions = new Sessions(2, 100);
    tools().build(McpServer.async(sessions));
    InitializeRequest request =
        InitializeRequest.builder(
                "2025-06-18",
                ClientCapabilities.builder().build(),
                Implementation.builder("test", "1").build())
            .build();
    String busy = sessions.begin("a", request).session().getId();
    sessions.find(busy, "a").orElseThrow().calls().begin(1, new Call("a"));
    String idle = sessions.begin("a", request).session().getId();
    String latest = sessions.begin("a", request).session().getId();
    assertThat(sessions.find(busy, "a")).isPresent();
    assertThat(sessions.find(idle, "a")).isEmpty();
    assertThat(sessions.find(latest, "a")).isPresent();
    assertThat(sessions.find(latest, "b")).isEmpty();
  }
}
