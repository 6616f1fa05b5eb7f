package dev.sdlora.server.mcp;

import dev.sdlora.api.LoraLibrary;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.shared.DrawingJobs;

/**
 * A loaded model and what belongs to it.
 *
 * @param requestContext the models, styles and images that requests can name
 * @param queue the queue for jobs
 * @param drawings makes jobs of requests
 * @param loras the LoRAs of the model
 * @param messages converts errors to messages
 */
public record DrawingModel(
    RequestContext requestContext,
    JobQueue queue,
    DrawingJobs drawings,
    LoraLibrary loras,
    ErrorMessages messages) {}
