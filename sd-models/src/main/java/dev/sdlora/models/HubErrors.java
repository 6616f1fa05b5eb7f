package dev.sdlora.models;

import dev.sdlora.models.DownloadException.Reason;
import dev.sdlora.models.web.Answer;
import dev.sdlora.models.web.Token;
import java.util.Optional;

/** Translates error responses of Hugging Face into messages that say what to do. */
final class HubErrors {
  private HubErrors() {}

  /**
   * The error for a response without a file.
   *
   * @param reference the requested reference
   * @param token the token that was sent, if any
   */
  static DownloadException of(Answer answer, String reference, Optional<Token> token) {
    String host = answer.address().getHost();
    String code = answer.header("X-Error-Code").orElse("");
    if (answer.isLogin()) {
      return error(Reason.NEEDS_TOKEN, reference, host + " requires you to sign in; set HF_TOKEN");
    }
    boolean badToken =
        answer.header("X-Error-Message").orElse("").startsWith("Invalid credentials");
    if (badToken) {
      return error(
          Reason.NEEDS_TOKEN,
          reference,
          "%s rejected the token; create a new one at https://huggingface.co/settings/tokens"
              .formatted(host));
    }
    return switch (code) {
      case "GatedRepo" ->
          error(
              Reason.NEEDS_TOKEN,
              reference,
              "its authors require you to accept their terms; do that on the page of the repository"
                  + (token.isPresent()
                      ? " with the account of your token"
                      : " and set HF_TOKEN to your token"));
      case "EntryNotFound" ->
          error(Reason.NOT_FOUND, reference, "the repository has no such file; check the spelling");
      case "RevisionNotFound" ->
          error(
              Reason.NOT_FOUND,
              reference,
              "the repository has no such branch, tag or commit; omit @… for the newest");
      case "RepoNotFound" -> noRepository(reference, host, token);
      default -> byStatus(answer, reference, host, token);
    };
  }

  private static DownloadException byStatus(
      Answer answer, String reference, String host, Optional<Token> token) {
    return switch (answer.status()) {
      case Answer.UNAUTHORIZED -> noRepository(reference, host, token);
      case Answer.FORBIDDEN ->
          error(
              Reason.NEEDS_TOKEN,
              reference,
              "%s denied access; the token may lack permission to read this repository"
                  .formatted(host));
      case Answer.NOT_FOUND -> error(Reason.NOT_FOUND, reference, host + " has no such file");
      case Answer.TOO_MANY_REQUESTS -> busy(answer, reference);
      default ->
          error(Reason.CONNECTION, reference, "%s answers %s".formatted(host, answer.status()));
    };
  }

  /** The error for a site that limits the rate of requests. */
  static DownloadException busy(Answer answer, String reference) {
    return error(
        Reason.CONNECTION,
        reference,
        "%s received too many requests%s"
            .formatted(
                answer.address().getHost(),
                answer
                    .header("Retry-After")
                    .map(time -> " ; try again in " + time + " s")
                    .orElse("; try again later")));
  }

  private static DownloadException noRepository(
      String reference, String host, Optional<Token> token) {
    return error(
        Reason.NOT_FOUND,
        reference,
        "%s has no such repository, or it is private%s"
            .formatted(
                host,
                token.isPresent()
                    ? " and the token has no access to it"
                    : " and requires a token in HF_TOKEN"));
  }

  private static DownloadException error(Reason reason, String reference, String why) {
    return new DownloadException(reason, "cannot get '" + reference + "': " + why);
  }
}
