package dev.sdlora.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.trace.RequestId;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An error response: in OpenAI's format under {@code /v1/}, as {@code {"detail": "sentence"}}
 * elsewhere.
 *
 * @param status the HTTP status
 * @param headers the headers of this error
 * @param body the JSON body
 */
public record ErrorAnswer(int status, Map<String, String> headers, ObjectNode body) {

  /**
   * Returns the response for an error.
   *
   * @param path the path of the request
   * @param error the error
   */
  public static ErrorAnswer of(String path, ErrorMessages.Message error) {
    boolean openAi = path.startsWith("/v1/");
    int status = openAi && error.status() == 422 ? 400 : error.status();
    ObjectNode body =
        openAi
            ? openAi(status, error.sentence(), error.parameter())
            : Fields.object().put("detail", error.sentence());
    return new ErrorAnswer(status, error.headers(), body);
  }

  /**
   * Returns the response for a request that is refused.
   *
   * @param path the path of the request
   * @param refusal the reason
   */
  public static ErrorAnswer of(String path, Refusal refusal) {
    return of(
        path,
        new ErrorMessages.Message(
            refusal.status(), refusal.sentence(), refusal.headers(), false, refusal.parameter()));
  }

  /** Returns an error in OpenAI's format. */
  public static ObjectNode openAi(
      int status, String sentence, Optional<Refusal.Parameter> parameter) {
    ObjectNode answer = Fields.object();
    answer
        .putObject("error")
        .put("message", sentence)
        .put(
            "type",
            parameter
                .map(Refusal.Parameter::code)
                .filter(Refusal.Parameter.INSUFFICIENT_QUOTA::equals)
                .orElseGet(() -> type(status)))
        .put("param", parameter.map(Refusal.Parameter::name).orElse(null))
        .put("code", parameter.map(Refusal.Parameter::code).orElseGet(() -> code(status)));
    return answer;
  }

  private static @Nullable String code(int status) {
    return switch (status) {
      case 401 -> "invalid_api_key";
      case 429 -> "rate_limit_exceeded";
      default -> null;
    };
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 429 -> "rate_limit_error";
      default -> status >= 500 ? "server_error" : "invalid_request_error";
    };
  }

  /** Returns the body; errors of the server's own API have the id of the request. */
  private ObjectNode identified(Request request) {
    return Request.getPathInContext(request).startsWith("/api/")
        ? body.deepCopy().put("request_id", RequestId.of(request))
        : body;
  }

  /** Sends the error for a request that has reached its route. */
  public void send(Context context) {
    headers.forEach(context::header);
    context.status(status);
    Answers.json(
        context, identified(ServletContextRequest.getServletContextRequest(context.req())));
  }

  /**
   * Sends the error for a request that has not reached a route, without waiting for the client.
   *
   * @param response the response, not yet committed
   * @param callback completed when the response has been sent
   */
  public void send(Response response, Callback callback) {
    response.setStatus(status);
    headers.forEach(response.getHeaders()::put);
    Request request = response.getRequest();
    response.getHeaders().put(RequestId.HEADER, RequestId.of(request));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    Content.Sink.write(response, true, Fields.text(identified(request)), callback);
  }
}
