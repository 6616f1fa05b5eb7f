package dev.sdlora.models;

import dev.sdlora.models.web.Answer;
import dev.sdlora.models.web.Token;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A file to download.
 *
 * @param name its name in progress reports and errors
 * @param address its address
 * @param token the token to send
 * @param size its length, if known
 * @param sha256 the SHA-256 of its content in lower case, if known
 * @param refusal creates the error for a response that is not a success
 */
record Transfer(
    String name,
    URI address,
    Optional<Token> token,
    OptionalLong size,
    Optional<String> sha256,
    Function<Answer, DownloadException> refusal) {}
