import { CHATAPI_INDEX as INDEX, chatapiModel as model } from '../world/chatapi.js';
import { MODELS } from '../world/models.js';
import { LLM_FAILURES } from '../world/routes.js';
import { byStatus, dollars, meanInProgress, requests, type Service } from './service.js';

const MODEL_NUMBERS = MODELS.map((_, index) => index);

/** The LLM front. */
export const chatapi: Service = {
  name: 'chatapi',
  model,
  instruments: [
    {
      kind: 'counter',
      name: 'chatapi_request_total',
      help: 'Calls to an LLM.',
      labels: ['model', 'status'],
      series: byStatus(
        model,
        'model',
        MODELS.map(({ name }) => name),
      ),
    },
    {
      kind: 'histogram',
      name: 'chatapi_request_duration_seconds',
      help: 'Time from a call to an LLM to its last token.',
      labels: ['model'],
      series: MODELS.map(({ name }, index) => ({
        labels: { model: name },
        histogram: INDEX.duration(index),
      })),
    },
    {
      kind: 'histogram',
      name: 'chatapi_time_to_first_token_seconds',
      help: 'Time from a call to an LLM to its first token; successful calls.',
      labels: ['model'],
      series: MODELS.map(({ name }, index) => ({
        labels: { model: name },
        histogram: INDEX.firstToken(index),
      })),
    },
    {
      kind: 'gauge',
      name: 'chatapi_http_requests_in_progress',
      help: 'Calls to an LLM that have not ended.',
      labels: [],
      split: 'additive',
      series: [{ labels: {}, read: meanInProgress(MODEL_NUMBERS.map(INDEX.duration), model) }],
    },
    {
      kind: 'counter',
      name: 'chatapi_error_total',
      help: 'Calls to an LLM that failed, by cause.',
      labels: ['type'],
      series: LLM_FAILURES.map((type) => ({
        labels: { type },
        read: requests(model, (name) => name.endsWith(`/${type}`)),
      })),
    },
    {
      kind: 'counter',
      name: 'chatapi_tokens_input_total',
      help: 'Tokens sent to an LLM.',
      labels: ['model'],
      series: MODELS.map(({ name }, index) => ({
        labels: { model: name },
        read: ({ amounts }) => amounts[INDEX.input(index)]!,
      })),
    },
    {
      kind: 'counter',
      name: 'chatapi_tokens_output_total',
      help: 'Tokens that an LLM generated.',
      labels: ['model'],
      series: MODELS.map(({ name }, index) => ({
        labels: { model: name },
        read: ({ amounts }) => amounts[INDEX.output(index)]!,
      })),
    },
    {
      kind: 'counter',
      name: 'chatapi_cost_dollars_total',
      help: 'What the calls to an LLM cost, in US dollars: tokens × price.',
      labels: ['model'],
      series: MODELS.map(({ name }, index) => ({
        labels: { model: name },
        read: dollars(model, index),
        money: index,
      })),
    },
    {
      kind: 'gauge',
      name: 'chatapi_rate_limit_remaining',
      help: 'Calls that the provider still allows in this minute.',
      labels: ['model'],
      split: 'replicated',
      series: MODELS.map(({ name }, index) => ({
        labels: { model: name },
        read: ({ minute: { conditions } }) =>
          Math.max(0, Math.round(conditions.limits[index]! - conditions.calls[index]!)),
      })),
    },
  ],
};
