package dev.sdlora.server.transport;

import dev.sdlora.server.http.ErrorAnswer;
import dev.sdlora.server.http.Refusal;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Sends a JSON error if Jetty itself refuses a request, such as one with headers that are too long.
 */
final class ErrorAnswers extends ErrorHandler {

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    // Jetty closes the connection after most of these errors.
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    ErrorAnswer.of(
            Request.getPathInContext(request), new Refusal(code, sentence(request, code, message)))
        .send(response, callback);
  }

  private static String sentence(Request request, int code, String message) {
    return switch (code) {
      case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431, HttpStatus.URI_TOO_LONG_414 ->
          "the URL and headers of a request may have %s bytes in total"
              .formatted(
                  request.getConnectionMetaData().getHttpConfiguration().getRequestHeaderSize());
      case HttpStatus.BAD_REQUEST_400 -> "this is not a valid HTTP request: " + message;
      case HttpStatus.INTERNAL_SERVER_ERROR_500 ->
          "an unexpected error ended the request; see the server's log";
      default -> message;
    };
  }
}
